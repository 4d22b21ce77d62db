/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What a line may sound like, to the DTMF receiver and what mutes its digits:
 * a series of commands, each a tone pair, any samples, silence or a reset, in
 * pieces of any length. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "driver.h"
#include "media/dialler.h"
#include "media/digits.h"
#include "media/osc.h"

const char fuzz_name[] = "digits";
const char *const fuzz_words[] = { "\1\10", "\2\120", "\3", NULL };

static const char all[] = "123A456B789C*0#D";

static void listen(struct digits *d, int16_t *s, size_t n)
{
	static char current;

	digits_run(d, s, n);
	assert(d->changes <= DIGITS_CHANGES);
	for (unsigned i = 0; i < d->changes; i++) {
		assert(d->change[i].digit && strchr(all, d->change[i].digit));
		assert(d->change[i].began || d->change[i].samples);
		current = d->change[i].began ? d->change[i].digit : 0;
	}
	if (d->changes)
		assert(d->current == current);
	for (size_t at = 0; at < n; at += DIGITS_DELAY)
		digits_mute(d, s + at, n - at < DIGITS_DELAY ? n - at
							     : DIGITS_DELAY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct digits d;
	int16_t s[320];

	osc_init();
	digits_init(&d);
	while (size > 2) {
		uint8_t what = data[0], value = data[1];
		size_t n = data[2] + 1, some;

		data += 3;
		size -= 3;
		memset(s, 0, sizeof(s));
		switch (what % 5) {
		case 0: {
			struct dialler tone = { 0 };

			dialler_open(&tone, all[value % 16], 0);
			dialler_run(&tone, s, n);
			break;
		}
		case 1:
			some = size < 2 * n ? size : 2 * n;
			memcpy(s, data, some);
			data += some;
			size -= some;
			break;
		case 2:
			for (size_t i = 0; i < n; i++)
				s[i] = i & value ? INT16_MAX : INT16_MIN;
			break;
		case 3:
			digits_faint(&d, value & 1);
			if (value & 2)
				digits_reset(&d);
			break;
		}
		listen(&d, s, n);
	}
	return 0;
}
