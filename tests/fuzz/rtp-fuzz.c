/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What comes from the network to a voice port: RTP, events in it, RTCP, and the
 * caller ID message of a line. The first octet chooses. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "driver.h"
#include "media/callerid.h"
#include "media/jitter.h"
#include "media/law.h"
#include "media/rfc4733.h"
#include "media/rtcp.h"
#include "media/rtp.h"

const char fuzz_name[] = "rtp";
const char *const fuzz_words[] = { NULL };

/* Packets, each with its length before it, go through all that voice does. */
static void voice(const uint8_t *p, size_t size)
{
	static struct jitter j;
	struct event_receiver events = { 0 };
	int16_t s[480], out[80];
	int64_t now = 0;

	jitter_init(&j, 20, 200);
	while (size > 1) {
		size_t n = p[0] < size - 1 ? p[0] : size - 1;
		struct rtp_packet r;

		if (!rtp_parse(&r, p + 1, n)) {
			assert(r.size <= n && r.data >= p && r.data + r.size <=
			       p + 1 + n);
			event_put(&events, r.timestamp, r.marker, r.data, r.size);
			law_decode(AUDIO_ALAW, r.data, s, r.size);
			jitter_put(&j, r.seq, r.timestamp, r.marker, s, r.size,
				   now - r.payload);
		}
		jitter_pull(&j, out, 80, now);
		now += 80;
		p += n + 1;
		size -= n + 1;
	}
	event_timeout(&events);
}

static void reports(const uint8_t *p, size_t size)
{
	uint8_t out[RTCP_MAX];
	struct rtcp r;

	rtcp_init(&r, 0x01020304, "fuzz@example", 0);
	rtcp_sent(&r, 160);
	rtcp_heard(&r, 0x05060708, 1, 160, 20000);
	rtcp_parse(&r, p, size, 1000000, 1700000000000000);
	assert(rtcp_build(&r, out, 320, 2000000, 1700000001000000, true) <=
	       RTCP_MAX);
}

static void caller(const uint8_t *p, size_t size)
{
	char digits[64];
	struct party party;

	callerid_parse(&party, p, size);
	assert(memchr(party.number, 0, sizeof(party.number)) &&
	       memchr(party.name, 0, sizeof(party.name)));
	if (size >= sizeof(digits))
		size = sizeof(digits) - 1;
	memcpy(digits, p, size);
	digits[size] = 0;
	callerid_parse_digits(&party, digits);
	assert(memchr(party.number, 0, sizeof(party.number)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	law_init();
	switch (data[0] % 3) {
	case 0:
		voice(data + 1, size - 1);
		break;
	case 1:
		reports(data + 1, size - 1);
		break;
	case 2:
		caller(data + 1, size - 1);
		break;
	}
	return 0;
}
