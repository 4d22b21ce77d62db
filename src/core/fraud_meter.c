/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/fraud.h"

void fraud_meter_add(struct fraud_meter *m, int64_t now, unsigned calls,
		     unsigned seconds)
{
	uint32_t step = (uint32_t)(now / METER_STEP);
	unsigned i = step % METER_STEPS;

	if (m->at[i].step != step) {
		m->at[i].step = step;
		m->at[i].calls = m->at[i].seconds = 0;
	}
	m->at[i].calls += calls;
	m->at[i].seconds += seconds;
}

/* A clock that was set back leaves steps of the future behind: they don't
 * count. */
void fraud_meter_read(const struct fraud_meter *m, int64_t now,
		      struct fraud_used *used)
{
	uint32_t last = (uint32_t)(now / METER_STEP);

	*used = (struct fraud_used){ 0 };
	for (unsigned i = 0; i < METER_STEPS; i++) {
		uint32_t step = m->at[i].step;

		if (step > last || last - step >= METER_STEPS)
			continue;
		used->calls_day += m->at[i].calls;
		used->seconds_day += m->at[i].seconds;
		if (last - step >= 3600 / METER_STEP)
			continue;
		used->calls_hour += m->at[i].calls;
		used->seconds_hour += m->at[i].seconds;
	}
}
