/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plug-in says of itself, before anything of it is called. tests/plugin.sh loads real ones. */
#include "policies/plugin.h"

#include <math.h>
#include <string.h>

#include "tests/test.h"

static bool place_nowhere(void *state, const struct policy_view *view, const struct policy_request *request,
                          uint32_t *host)
{
	(void)state;
	(void)view;
	(void)request;
	(void)host;
	return false;
}

static struct policy good_policy(void)
{
	return (struct policy){
		.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
		.name = "good_one", .summary = "a summary", .source = "a source", .place = place_nowhere,
	};
}

static void test_path(void)
{
	CU_ASSERT_TRUE(plugin_is_path("./mine.so"));
	CU_ASSERT_TRUE(plugin_is_path("/opt/mine.so"));
	CU_ASSERT_FALSE(plugin_is_path("first_fit"));
	CU_ASSERT_FALSE(plugin_is_path("mine.so"));
}

static void test_good(void)
{
	char why[256] = "";
	struct policy p = good_policy();
	CU_ASSERT_TRUE(plugin_check(&p, why, sizeof why));
	CU_ASSERT_STRING_EQUAL(why, "");
	p.struct_size = offsetof(struct policy, overloaded); /* as an earlier header had it */
	CU_ASSERT_TRUE(plugin_check(&p, why, sizeof why));
}

static void says(const struct policy *p, const char *part)
{
	char why[256] = "";
	CU_ASSERT_FALSE(plugin_check(p, why, sizeof why));
	CU_ASSERT_PTR_NOT_NULL(strstr(why, part));
}

static void test_version(void)
{
	struct policy p = good_policy();
	p.abi = 0;
	says(&p, "it speaks version 0");
	p = good_policy();
	p.struct_size = 8;
	says(&p, "8 bytes");
	p.struct_size = sizeof p + 8;
	says(&p, "compile it against this program's policy.h");
}

static void test_name(void)
{
	struct policy p = good_policy();
	p.name = "Bad Name";
	says(&p, "no name of a-z");
	p.name = NULL;
	says(&p, "no name of a-z");
	p = good_policy();
	p.source = NULL;
	says(&p, "no source");
	p = good_policy();
	p.state_bytes = SIZE_MAX;
	says(&p, "bytes of state");
}

static void test_parameters(void)
{
	struct policy p = good_policy();
	struct policy_parameter rows[80] = {{"a", "", 1, 0, 2, "one"}, {0}};
	char why[256] = "";
	p.parameters = rows;
	CU_ASSERT_TRUE(plugin_check(&p, why, sizeof why));
	rows[0].preset = 3;
	says(&p, "the preset of its parameter 'a' is 3, and not from 0 to 2");
	rows[0].preset = (double)NAN;
	says(&p, "and not from 0 to 2");
	rows[0] = (struct policy_parameter){"a", NULL, 1, 0, 2, "one"};
	says(&p, "parameter 0 has no name");
	for (int i = 0; i < 80; i++)
		rows[i] = (struct policy_parameter){"a", "", 1, 0, 2, "one"};
	says(&p, "has no end");
}

static const struct test tests[] = {
	{"a name with a slash is a plug-in's path", test_path},
	{"a plug-in of this or an earlier header of the version is taken", test_good},
	{"another version or size of the struct is refused, and why", test_version},
	{"a plug-in needs a name, a summary and a source", test_name},
	{"parameters need a name, an end, and a preset within their range", test_parameters},
};
SUITE(policies_plugin, tests)
