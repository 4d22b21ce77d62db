/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Any bytes as a session description and as a name-address: what is taken can
 * be answered, and the answer is one that we would take ourselves. */
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "sip/body.h"
#include "sip/diversion.h"
#include "sip/identity.h"
#include "sip/offer.h"

const char fuzz_name[] = "sdp";

const char *const fuzz_words[] = {
	"v=0\r\n", "o=- 1 1 IN IP4 192.0.2.1\r\n", "s=-\r\n", "t=0 0\r\n", "\r\n", "\n",
	"c=IN IP4 192.0.2.1\r\n", "c=IN IP6 2001:db8::1\r\n", "c=IN IP4 0.0.0.0\r\n",
	"c=IN IP4 224.2.1.1/127\r\n", "m=audio 6000 RTP/AVP 0 8 101\r\n",
	"m=video 0 RTP/AVP 96\r\n", "m=image 5000 udptl t38\r\n", "m=audio 0 RTP/AVP 0\r\n",
	"a=rtpmap:101 telephone-event/8000\r\n", "a=rtpmap:8 PCMA/8000\r\n", "a=rtpmap:",
	"a=sendonly\r\n", "a=inactive\r\n", "a=ptime:", "a=maxptime:", "-1", "65535",
	"99999999999999999999", " ", "/", "\"", "<sip:", ">", "%23", "\\", ",",
	"multipart/mixed;boundary=x\n", "--x\r\n", "--x--", "Content-Type: ",
	"application/sdp\r\n\r\n", ";reason=", ";cause=302", "?Reason=SIP%3Bcause%3D486",
	"m=audio 6000 RTP/SAVP 0\r\n", "a=crypto:1 AEAD_AES_128_GCM inline:",
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", "|2^31", "|1:4", " WSH=64",
	"a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:"
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
	NULL
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "sdp-fuzz: %s\n", what);
	abort();
}

static void answer(const struct offer *o, enum srtp_mode srtp)
{
	const struct offer_local ours = {
		.address = "192.0.2.9", .port = 20000, .session = 1, .version = 1,
		.codec = { CODEC_PCMU, CODEC_PCMA }, .codec_count = 2,
		.events = true, .ptime = 20,
		.direction = OFFER_SEND | OFFER_RECEIVE, .srtp = srtp,
	};
	struct offer_choice c;
	struct offer again;
	char text[2 * OFFER_SIZE + OFFER_LINES * 256], why[96];
	int n;

	if (offer_choose(&c, o, &ours))
		return;
	must(c.ptime >= 10 && c.ptime <= 60, "a packet time that media cannot do");
	must(c.payload < 128 && c.event_payload < 128, "a payload beyond 127");
	must(c.codec == CODEC_PCMU || c.codec == CODEC_PCMA, "no codec");
	n = offer_answer(text, sizeof(text), &ours, o, &c);
	must(n > 0, "an answer that does not fit");
	must((size_t)n == strlen(text), "a wrong length");
	must(!offer_parse(&again, text, (size_t)n, srtp, why, sizeof(why)),
	     "an answer that cannot be read");
	must(again.count == o->count, "an answer with other lines");
	must(again.audio == o->audio, "an answer for another line");
	must(!c.srtp.suite == !again.crypto_count, "protection that is not said");
	must(srtp != SRTP_REQUIRED || c.srtp.suite, "a call in the clear");
	must(srtp != SRTP_OFF || !c.srtp.suite, "SRTP that nobody wants");
}

static void party(const uint8_t *data, size_t size)
{
	char text[1024], number[PARTY_NUMBER_SIZE];
	struct identity_said said = { text, text, text, text, text };
	struct identity_ours ours = { "u", "example.test", "t", IDENTITY_PAI, false };
	struct leg_offer o = { .called = "1" };
	struct identity_headers h;
	char header[760];
	struct party p;

	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	identity_party(&p, text);
	must(strlen(p.number) < sizeof(p.number) && strlen(p.name) < sizeof(p.name),
	     "an endless name");
	must(strspn(p.number, "+0123456789*#ABCD") == strlen(p.number),
	     "a number that is none");
	identity_number(number, text);
	for (ours.by = IDENTITY_PAI; ours.by <= IDENTITY_FROM; ours.by++) {
		identity_caller(&p, &said, ours.by);
		identity_headers(&h, &p, &ours);
		must(!strpbrk(h.from, "\r\n") && !strpbrk(h.asserted, "\r\n"),
		     "a header of two lines");
	}
	diversion_read(&o.diverting, &o.diversion, text, NULL);
	diversion_read(&o.diverting, &o.diversion, NULL, text);
	diversion_write(header, sizeof(header), DIVERSION_HISTORY, &o,
			o.diverting.number, o.called, "example.test");
	must(!strpbrk(header, "\r\n"), "a diversion of two lines");
}

/* The first line is the type, the rest the body. */
static void multipart(const char *text, size_t size)
{
	const char *end = memchr(text, '\n', size), *sdp;
	struct body b;
	char type[128];
	int n;

	if (!end)
		return;
	snprintf(type, sizeof(type), "%.*s", (int)(end - text), text);
	b = (struct body){ type, NULL, end + 1, size - (size_t)(end + 1 - text) };
	n = body_sdp(&b, &sdp);
	must(n <= 0 || (sdp >= b.data && sdp + n <= b.data + b.length),
	     "a description outside its body");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* An allocation of its own: a read past its end shows. */
	char *text = malloc(size + !size), why[96] = "";
	struct offer o;

	if (!text)
		return 0;
	memcpy(text, data, size);
	for (int srtp = SRTP_OFF; srtp <= SRTP_REQUIRED; srtp++)
		if (!offer_parse(&o, text, size, srtp, why, sizeof(why)))
			answer(&o, srtp);
		else
			must(why[0], "a refusal without a reason");
	multipart(text, size);
	party(data, size);
	free(text);
	return 0;
}
