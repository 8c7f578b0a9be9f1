/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selection: the guest whose load goes most with the others' loads, by the multiple correlation
 * coefficient: the more it peaks when they peak, the more likely they overload the host together.
 *
 * R^2 of a guest's past explained by all the others' is 1 - 1 / (c_ii v_ii), where c is the matrix of the
 * covariances and v its inverse (v_ii is 1 / what of the variance is left unexplained): one inversion
 * answers for all guests. Where there is no answer (fewer samples than guests and one more, guests that
 * are copies of each other, more guests than fit) the guest with the least memory goes, as in CloudSim. A
 * guest whose load never changed goes with nothing. */
#include "policies/policy.h"

extern const struct policy policy_maximum_correlation;

enum { MOST = 30 };                    /* samples, and guests that are correlated */

struct pasts {
	uint32_t count, samples;
	uint32_t guest[MOST];
	double u[MOST][MOST];          /* [guest][sample], less its mean */
	double c[MOST][MOST], v[MOST][MOST];
};

static void centre(double *u, uint32_t n)
{
	double sum = 0;
	for (uint32_t i = 0; i < n; i++)
		sum += u[i];
	for (uint32_t i = 0; i < n; i++)
		u[i] -= sum / n;
}

static double product(const double *a, const double *b, uint32_t n)
{
	double sum = 0;
	for (uint32_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* The newest samples that all of them have; false: there are too few, or too many guests. */
static bool gather(struct pasts *p, const struct policy_view *view, uint32_t host)
{
	uint32_t have[MOST];
	p->count = 0;
	p->samples = MOST;
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		if (p->count == MOST)
			return false;
		uint32_t k = p->count++;
		p->guest[k] = i;
		have[k] = view->guest_history(view, i, p->u[k], MOST);
		p->samples = have[k] < p->samples ? have[k] : p->samples;
	}
	if (p->count < 2 || p->samples <= p->count)
		return false;
	uint32_t kept = 0;
	for (uint32_t k = 0; k < p->count; k++) {
		for (uint32_t i = 0; i < p->samples; i++)
			p->u[kept][i] = p->u[k][have[k] - p->samples + i];
		centre(p->u[kept], p->samples);
		p->guest[kept] = p->guest[k];
		kept += product(p->u[kept], p->u[kept], p->samples) > 0;
	}
	p->count = kept;
	return kept >= 2;
}

/* Gauss and Jordan without a choice of pivots: c is symmetric and positive, or guests are copies of each
 * other (a pivot that is nothing beside its variance), and then there is no inverse. */
static bool invert(struct pasts *p)
{
	uint32_t n = p->count;
	double a[MOST][MOST];
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++) {
			a[i][k] = p->c[i][k] = product(p->u[i], p->u[k], p->samples);
			p->v[i][k] = i == k;
		}
	for (uint32_t i = 0; i < n; i++) {
		double pivot = a[i][i];
		if (!(pivot > 1e-12 * p->c[i][i]))
			return false;
		for (uint32_t k = 0; k < n; k++) {
			a[i][k] /= pivot;
			p->v[i][k] /= pivot;
		}
		for (uint32_t j = 0; j < n; j++) {
			double times = j == i ? 0 : a[j][i];
			for (uint32_t k = 0; k < n; k++) {
				a[j][k] -= times * a[i][k];
				p->v[j][k] -= times * p->v[i][k];
			}
		}
	}
	return true;
}

static bool least_memory(const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	bool found = false;
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		const struct policy_guest *g = &view->guests[i];
		if (!g->moves || (found && g->ram_bytes >= view->guests[*guest].ram_bytes))
			continue;
		found = true;
		*guest = i;
	}
	return found;
}

static bool select(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	struct pasts p;
	double most = 0;
	bool found = false;
	(void)state;
	if (!gather(&p, view, host) || !invert(&p))
		return least_memory(view, host, guest);
	for (uint32_t k = 0; k < p.count; k++) {
		double r2 = 1 - 1 / (p.c[k][k] * p.v[k][k]);
		if (!view->guests[p.guest[k]].moves || (found && !(r2 > most)))
			continue;
		found = true;
		most = r2;
		*guest = p.guest[k];
	}
	return found || least_memory(view, host, guest);
}

const struct policy policy_maximum_correlation = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "maximum_correlation",
	.summary = "the guest whose load the other guests' loads explain best",
	.source = "Verma et al. 2009; Beloglazov and Buyya 2012 (MC); Abdi 2007",
	.select = select,
};
