/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measurements of operations and mixes: what is predicted, and what is no file of measurements. */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/overhead.h"

#define HEAD "environment,operation,iterations,reps,ns_per_op_min,ns_per_op_median,cycles_per_op_min,note\n"

/* Reads a file of this text; the path is gone afterwards. */
static bool read_text(struct overhead_file *f, const char *text, struct diag *diag)
{
	char path[] = "/tmp/vdcsim-overhead-XXXXXX";
	int fd = mkstemp(path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	diag_init(diag);
	bool good = overhead_read(f, path, diag);
	unlink(path);
	return good;
}

static void test_prediction(void)
{
	struct overhead_file f;
	struct diag diag;
	CU_ASSERT_FATAL(read_text(&f, HEAD "native,int,1,3,2,2,5,\n"
	                                   "native,call,1,3,100,110,250,\n"
	                                   "native,port,,0,,,,fault_signal_11\n"
	                                   "kvm,int,1,3,2,2,5,\n"
	                                   "kvm,call,1,3,900,950,2000,\n"
	                                   "kvm,port,1,3,50000,1,1,\n"
	                                   "native,mix_a,1,3,1200,1300,1,int=100;call=10\n"
	                                   "kvm,mix_a,1,3,9200,1,1,int=100;call=10\n"
	                                   "kvm,mix_b,1,3,51000,1,1,int=10;port=1\n",
	                          &diag));
	overhead_predict(&f);
	/* Natively 100 * 2 + 10 * 100 = 1200 ns, as measured; under KVM 9200 of 1200. mix_b has no native
	 * row. */
	CU_ASSERT_EQUAL_FATAL(f.prediction_count, 2);
	CU_ASSERT_EQUAL(f.left_out, 1);
	CU_ASSERT(f.predictions[0].predicted == 1200 && f.predictions[0].error_rel == 0);
	CU_ASSERT(fabs(f.predictions[1].predicted - 9200.0 / 1200) < 1e-12);
	CU_ASSERT(overhead_compare(&f, NULL).mixes == 1 && overhead_compare(&f, NULL).median < 1e-12);
	CU_ASSERT(overhead_compare(&f, "native").mixes == 1);
	CU_ASSERT_STRING_EQUAL(overhead_environment(&f, 1), "kvm");
	CU_ASSERT_PTR_NULL(overhead_environment(&f, 2));
	overhead_free(&f);
	diag_fini(&diag);
}

static void test_bad(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "empty"},
		{"environment,operation,note\n", "no column 'ns_per_op_min'"},
		{HEAD, "no mixes"},
		{HEAD "native,int,1,3,fast,2,5,\nnative,mix_a,1,1,9,9,9,int=1\n", "'fast' is not a number"},
		{HEAD "native,int,1,3,-2,2,5,\nnative,mix_a,1,1,9,9,9,int=1\n", "-2 is not a number from"},
		{HEAD "native,int,1,3,2,2,5,\nnative,int,1,3,2,2,5,\nnative,mix_a,1,1,9,9,9,int=1\n",
			"second row"},
		{HEAD ",int,1,3,2,2,5,\nnative,mix_a,1,1,9,9,9,int=1\n", "must not be empty"},
		{HEAD "native,mix_a,1,1,9,9,9,int=1\n", "made of 'int'"},
		{HEAD "native,int,1,3,2,2,5,\nnative,mix_a,1,1,9,9,9,\n", "does not tell"},
		{HEAD "native,int,1,3,2,2,5,\nnative,mix_a,1,1,9,9,9,int\n", "OPERATION=COUNT"},
		{HEAD "native,int,1,3,2,2,5,\nnative,mix_a,1,1,9,9,9,int=0\n", "OPERATION=COUNT"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct overhead_file f;
		struct diag diag;
		bool found = false;
		CU_ASSERT_FALSE(read_text(&f, cases[i].text, &diag));
		for (uint32_t m = 0; m < diag.count; m++)
			found = found || strstr(diag.messages[m].text, cases[i].why);
		CU_ASSERT(found);
		overhead_free(&f);
		diag_fini(&diag);
	}
}

static const struct test tests[] = {
	{"mixes are predicted from single operations, in each environment", test_prediction},
	{"a file that is none is told with the reason", test_bad},
};
SUITE(cli_overhead, tests)
