/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts entries of VMs and hosts once nothing of the same instant can replace them. */
#include "models/cloudsim/metrics.h"

#include <math.h>

#include "sim/fault.h"

void cloudsim_spread_add(struct cloudsim_spread *spread, double value)
{
	double away = value - spread->mean;
	spread->count++;
	spread->sum += value;
	spread->mean += away / (double)spread->count;
	spread->squares += away * (value - spread->mean);
}

double cloudsim_spread_mean(const struct cloudsim_spread *spread)
{
	return spread->count ? spread->sum / (double)spread->count : (double)NAN;
}

double cloudsim_spread_deviation(const struct cloudsim_spread *spread)
{
	return spread->count > 1 ? sqrt(spread->squares / (double)(spread->count - 1)) : (double)NAN;
}

/* The last entry is final: did a migration begin or end with it? */
static void vm_turn(struct cloudsim_vm_book *book, struct cloudsim_times *times)
{
	const struct cloudsim_vm_entry *last = &book->last;
	if (book->was_moving && !last->moving)
		cloudsim_spread_add(&times->in_migration, last->time_s - book->move_began_s);
	if (!book->was_moving && last->moving)
		book->move_began_s = last->time_s;
	book->was_moving = last->moving;
}

void cloudsim_vm_note(struct cloudsim_vm_book *book, const struct cloudsim_vm_entry *entry,
                      struct cloudsim_times *times)
{
	const struct cloudsim_vm_entry *last = &book->last;
	if (book->any && last->time_s != entry->time_s) {
		double span_s = entry->time_s - last->time_s;
		ASSERT(span_s > 0);
		book->given += last->given * span_s;
		book->asked += last->asked * span_s;
		if (last->given < last->asked) {
			double less = last->asked - last->given;
			book->short_sum += less / last->asked;
			book->short_count++;
			book->lost += last->moving ? less * span_s : 0;
		}
		if (book->was_moving != last->moving)
			vm_turn(book, times);
	}
	book->last = *entry;
	book->any = true;
}

void cloudsim_vm_finish(struct cloudsim_vm_book *book, struct cloudsim_times *times)
{
	if (book->any)
		vm_turn(book, times);
}

/* Hosts count as active before their first entry. */
static void host_turn(struct cloudsim_host_book *book, struct cloudsim_times *times)
{
	const struct cloudsim_host_entry *last = &book->last;
	if (!book->was_inactive && !last->active)
		cloudsim_spread_add(&times->before_shutdown, last->time_s - book->on_since_s);
	if (book->was_inactive && last->active)
		book->on_since_s = last->time_s;
	book->was_inactive = !last->active;
}

void cloudsim_host_note(struct cloudsim_host_book *book, const struct cloudsim_host_entry *entry,
                        struct cloudsim_times *times)
{
	const struct cloudsim_host_entry *last = &book->last;
	if (book->any && last->time_s != entry->time_s) {
		double span_s = entry->time_s - last->time_s;
		ASSERT(span_s > 0);
		book->active_s += last->active ? span_s : 0;
		book->violated_s += last->active && last->violated ? span_s : 0;
		host_turn(book, times);
	}
	book->last = *entry;
	book->any = true;
}

void cloudsim_host_finish(struct cloudsim_host_book *book, struct cloudsim_times *times)
{
	if (book->any)
		host_turn(book, times);
}
