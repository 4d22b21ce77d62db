/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "tipring/method.h"

const struct method answer_methods[ANSWER_METHODS] = {
	[ANSWER_NONE] = { "", "not answered" },
	[ANSWER_SIGNALLED] = { "signalled",
		"SIP 200, or a handset lifted: the far end says so itself" },
	[ANSWER_POLARITY] = { "polarity",
		"battery reversal; lines and cards that have it" },
	[ANSWER_VOICE] = { "voice",
		"ringback that stops, speech without a tone, fax answer tone" },
	[ANSWER_DELAY] = { "delay",
		"so many seconds after the last digit; no proof" },
	[ANSWER_SEIZE] = { "seize",
		"the line was taken; no proof" },
};

const struct method release_signs[SIGN_COUNT] = {
	[SIGN_BREAK] = { "loop current break",
		"kewlstart and ground start; its length where a card times it" },
	[SIGN_POLARITY] = { "polarity reversal",
		"after an answer by reversal" },
	[SIGN_BUSY] = { "busy tone",
		"by frequency and cadence, 3 cycles, never while somebody speaks" },
	[SIGN_CONGESTION] = { "congestion tone", "likewise" },
	[SIGN_DIAL] = { "dial tone", "by frequency; the caller has gone" },
	[SIGN_HOWLER] = { "howler", "by frequency and cadence" },
	[SIGN_SILENCE] = { "silence both ways", "for timer silence, 120 s" },
};
