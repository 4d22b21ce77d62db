/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Session descriptions: read, chosen from, written. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip/offer.h"

static struct offer o;
static char why[96];
static enum srtp_mode srtp;

static int parse(const char *text)
{
	return offer_parse(&o, text, strlen(text), srtp, why, sizeof(why));
}

static const struct offer_local ours = {
	.address = "192.0.2.9", .port = 20000, .session = 7, .version = 8,
	.codec = { CODEC_PCMU, CODEC_PCMA }, .codec_count = 2, .events = true,
	.ptime = 20, .direction = OFFER_SEND | OFFER_RECEIVE,
};

#define HEAD "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"

static void test_plain(void **state)
{
	const struct sockaddr_in *in = (const void *)&o.remote;

	assert_int_equal(parse(HEAD "m=audio 6000 RTP/AVP 8 0 101\r\n"
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000/1\r\n"
		"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
		"a=ptime:30\r\na=maxptime:40\r\na=rtcp:6005\r\n"), 0);
	assert_int_equal(o.audio, 0);
	assert_int_equal(in->sin_family, AF_INET);
	assert_int_equal(ntohs(in->sin_port), 6000);
	assert_int_equal(in->sin_addr.s_addr, inet_addr("192.0.2.1"));
	assert_int_equal(o.codec_count, 2);
	assert_int_equal(o.codec[0].codec, CODEC_PCMA);
	assert_int_equal(o.codec[1].codec, CODEC_PCMU);
	assert_int_equal(o.event_payload, 101);
	assert_int_equal(o.ptime, 30);
	assert_int_equal(o.maxptime, 40);
	assert_int_equal(o.direction, OFFER_SEND | OFFER_RECEIVE);
	assert_false(offer_holds(&o));
}

/* Bare newlines, no last one, dynamic payload for PCMU, case. */
static void test_tolerant(void **state)
{
	assert_int_equal(parse("v=0\nc=IN IP4 192.0.2.1\nm=audio 6000 rtp/avp 97 96\n"
			       "a=rtpmap:97 pcmu/8000\na=rtpmap:96 TELEPHONE-EVENT/8000"
			       ), 0);
	assert_int_equal(o.codec[0].payload, 97);
	assert_int_equal(o.event_payload, 96);
}

/* Payload 0 that is said to be something else is not PCMU. */
static void test_remapped(void **state)
{
	assert_int_equal(parse(HEAD "m=audio 6000 RTP/AVP 0\r\n"
			       "a=rtpmap:0 L16/44100\r\n"), 0);
	assert_int_equal(o.audio, -1);
	assert_int_equal(parse(HEAD "m=audio 6000 RTP/AVP 97\r\n"
			       "a=rtpmap:97 PCMU/16000\r\n"), 0);
	assert_int_equal(o.audio, -1);
}

static void test_hold(void **state)
{
	static const struct { const char *address, *attribute; bool holds;
			      unsigned direction; } rows[] = {
		{ "192.0.2.1", "a=sendrecv", false, OFFER_SEND | OFFER_RECEIVE },
		{ "192.0.2.1", "a=sendonly", true, OFFER_RECEIVE },
		{ "192.0.2.1", "a=recvonly", false, OFFER_SEND },
		{ "192.0.2.1", "a=inactive", true, 0 },
		{ "0.0.0.0", "a=sendrecv", true, OFFER_RECEIVE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct offer_choice c;
		char text[256];

		snprintf(text, sizeof(text), "v=0\r\nc=IN IP4 %s\r\n"
			 "m=audio 6000 RTP/AVP 0\r\n%s\r\n", rows[i].address,
			 rows[i].attribute);
		assert_int_equal(parse(text), 0);
		assert_int_equal(offer_holds(&o), rows[i].holds);
		assert_int_equal(offer_choose(&c, &o, &ours), 0);
		assert_int_equal(c.direction, rows[i].direction);
	}
	/* Of the session, and of the line over it. */
	assert_int_equal(parse(HEAD "a=sendonly\r\nm=audio 6000 RTP/AVP 0\r\n"), 0);
	assert_true(offer_holds(&o));
	assert_int_equal(parse(HEAD "a=sendonly\r\nm=audio 6000 RTP/AVP 0\r\n"
			       "a=sendrecv\r\n"), 0);
	assert_false(offer_holds(&o));
}

static void test_addresses(void **state)
{
	assert_int_equal(parse(HEAD "m=audio 6000 RTP/AVP 0\r\nc=IN IP4 192.0.2.2\r\n"
			       ), 0);
	assert_int_equal(((struct sockaddr_in *)&o.remote)->sin_addr.s_addr,
			 inet_addr("192.0.2.2"));
	assert_int_equal(parse("v=0\r\nc=IN IP6 2001:db8::5\r\n"
			       "m=audio 6000 RTP/AVP 0\r\n"), 0);
	assert_int_equal(o.remote.ss_family, AF_INET6);
	assert_int_equal(ntohs(((struct sockaddr_in6 *)&o.remote)->sin6_port), 6000);
	/* A name is not looked up; the first packet tells. */
	assert_int_equal(parse("v=0\r\nc=IN IP4 media.example\r\n"
			       "m=audio 6000 RTP/AVP 0\r\n"), 0);
	assert_int_equal(o.remote.ss_family, AF_UNSPEC);
	assert_false(o.null_address);
	/* Nobody makes us send to a crowd. */
	assert_int_equal(parse("v=0\r\nc=IN IP4 224.0.1.1/127\r\n"
			       "m=audio 6000 RTP/AVP 0\r\n"), -EINVAL);
	assert_int_equal(parse("v=0\r\nc=IN IP4 255.255.255.255\r\n"
			       "m=audio 6000 RTP/AVP 0\r\n"), -EINVAL);
	assert_int_equal(parse("v=0\r\nc=IN IP6 ff02::1\r\n"
			       "m=audio 6000 RTP/AVP 0\r\n"), -EINVAL);
	assert_int_equal(parse("v=0\r\nm=audio 6000 RTP/AVP 0\r\n"), -EINVAL);
	assert_string_equal(why, "no c= line");
}

static void test_refused(void **state)
{
	static const char *const rows[] = {
		"", "\r\n", "o=- 1 1 IN IP4 h\r\n", "v=1\r\n", "v=0\r\nnonsense\r\n",
		"v=0\r\nM=audio\r\n", HEAD "m=audio\r\n",
		HEAD "m=audio x RTP/AVP 0\r\n", HEAD "m=audio 70000 RTP/AVP 0\r\n",
		HEAD "m=audio 6000 RTP/AVP\r\n", HEAD "m=audio -1 RTP/AVP 0\r\n",
		HEAD "m=au<dio 6000 RTP/AVP 0\r\n", "v=0\r\nc=IN\r\n",
		"v=0\r\nc=IN IP9 1\r\n",
	};
	char text[4096];
	size_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		why[0] = '\0';
		if (parse(rows[i]) != -EINVAL || !why[0])
			fail_msg("\"%s\" was taken", rows[i]);
	}
	n = (size_t)sprintf(text, HEAD);
	for (int i = 0; i <= OFFER_LINES; i++)
		n += (size_t)sprintf(text + n, "m=video 0 RTP/AVP 96\r\n");
	assert_int_equal(parse(text), -EINVAL);
	/* A line longer than is kept. */
	n = (size_t)sprintf(text, HEAD "m=audio 6000 RTP/AVP");
	for (int i = 0; i < 90; i++)
		n += (size_t)sprintf(text + n, " 0");
	sprintf(text + n, "\r\n");
	assert_int_equal(parse(text), -EINVAL);
}

static void test_choice(void **state)
{
	struct offer_local pcma = ours;
	struct offer_choice c;

	assert_int_equal(parse(HEAD "m=audio 6000 RTP/AVP 8 0\r\n"), 0);
	/* An offer: what we like best. An answer: what they put first. */
	assert_int_equal(offer_choose(&c, &o, &ours), 0);
	assert_int_equal(c.codec, CODEC_PCMU);
	assert_int_equal(c.event_payload, 0);
	assert_int_equal(offer_chosen(&c, &o, &ours), 0);
	assert_int_equal(c.codec, CODEC_PCMA);
	pcma.codec[0] = CODEC_PCMA;
	pcma.codec_count = 1;
	assert_int_equal(offer_choose(&c, &o, &pcma), 0);
	assert_int_equal(c.codec, CODEC_PCMA);
	assert_int_equal(c.payload, 8);
	assert_int_equal(parse(HEAD "m=audio 6000 RTP/AVP 0\r\n"), 0);
	assert_int_equal(offer_choose(&c, &o, &pcma), -ENOTSUP);
	assert_int_equal(parse(HEAD "m=image 6000 udptl t38\r\n"), 0);
	assert_int_equal(offer_choose(&c, &o, &ours), -ENOTSUP);
	assert_int_equal(parse(HEAD "m=audio 6000 UDP/TLS/RTP/SAVPF 0\r\n"), 0);
	assert_int_equal(offer_choose(&c, &o, &ours), -ENOTSUP);
	assert_int_equal(parse(HEAD "m=audio 0 RTP/AVP 0\r\n"), 0);
	assert_int_equal(offer_choose(&c, &o, &ours), -ENOTSUP);
}

static void test_ptime(void **state)
{
	static const struct { const char *said; unsigned ms; } rows[] = {
		{ "", 20 }, { "a=ptime:10\r\n", 10 }, { "a=ptime:30\r\n", 30 },
		{ "a=ptime:25\r\n", 20 }, { "a=ptime:200\r\n", 60 },
		{ "a=ptime:0\r\n", 20 }, { "a=ptime:x\r\n", 20 },
		{ "a=maxptime:10\r\n", 10 }, { "a=ptime:40\r\na=maxptime:30\r\n", 30 },
		{ "a=maxptime:5\r\n", 20 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct offer_choice c;
		char text[256];

		snprintf(text, sizeof(text), HEAD "m=audio 6000 RTP/AVP 0\r\n%s",
			 rows[i].said);
		assert_int_equal(parse(text), 0);
		assert_int_equal(offer_choose(&c, &o, &ours), 0);
		if (c.ptime != rows[i].ms)
			fail_msg("%s gives %u", rows[i].said, c.ptime);
	}
}

static void test_written_offer(void **state)
{
	char text[OFFER_SIZE];
	struct offer_choice c;

	assert_true(offer_write(text, sizeof(text), &ours) > 0);
	assert_string_equal(text, "v=0\r\no=- 7 8 IN IP4 192.0.2.9\r\ns=-\r\n"
		"c=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0 8 101\r\n"
		"a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
		"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
		"a=ptime:20\r\na=sendrecv\r\n");
	assert_int_equal(offer_write(text, 100, &ours), -ENOSPC);
	/* What we write, we read. */
	offer_write(text, sizeof(text), &ours);
	assert_int_equal(parse(text), 0);
	assert_int_equal(offer_choose(&c, &o, &ours), 0);
	assert_int_equal(c.event_payload, 101);
}

/* RFC 3264 section 6: a line for each of theirs, in their order. */
static void test_written_answer(void **state)
{
	char text[OFFER_SIZE];
	struct offer_choice c;

	assert_int_equal(parse(HEAD "m=video 5000 RTP/AVP 96 97\r\n"
		"m=audio 6000 RTP/AVP 9 18\r\nm=audio 6002 RTP/AVP 8 100\r\n"
		"a=rtpmap:100 telephone-event/8000\r\na=sendonly\r\n"
		"m=audio 6004 RTP/AVP 0\r\nm=image 7000 udptl t38\r\n"), 0);
	assert_int_equal(o.audio, 2);
	assert_int_equal(offer_choose(&c, &o, &ours), 0);
	assert_true(offer_answer(text, sizeof(text), &ours, &o, &c) > 0);
	assert_string_equal(strstr(text, "m="), "m=video 0 RTP/AVP 96 97\r\n"
		"m=audio 0 RTP/AVP 9 18\r\nm=audio 20000 RTP/AVP 8 100\r\n"
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:100 telephone-event/8000\r\n"
		"a=fmtp:100 0-16\r\na=ptime:20\r\na=recvonly\r\n"
		"m=audio 0 RTP/AVP 0\r\nm=image 0 udptl t38\r\n");
}

/* ------------------------------------------------------------------- srtp */

#define KEY28 "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHA=="
#define KEY30 "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e"
#define KEY44 "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKyw="
#define CM80 "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "\r\n"
#define GCM "a=crypto:9 AEAD_AES_128_GCM inline:" KEY28 "\r\n"
#define AVP "m=audio 6000 RTP/AVP 0\r\n"
#define SAVP "m=audio 6000 RTP/SAVP 0\r\n"
#define AVPF "m=audio 6000 RTP/AVPF 0\r\n"
#define SAVPF "m=audio 6000 RTP/SAVPF 0\r\n"
#define DTLS "a=setup:actpass\r\na=fingerprint:sha-256 00:01:02\r\n"

static void test_crypto_lines(void **state)
{
	static const struct { const char *line; enum srtp_suite suite;
			      unsigned mki; } rows[] = {
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30, SUITE_AES_CM_80, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_32 inline:" KEY30, SUITE_AES_CM_32, 0 },
		{ "1 AEAD_AES_128_GCM inline:" KEY28, SUITE_AES_128_GCM, 0 },
		{ "1 AEAD_AES_256_GCM inline:" KEY44, SUITE_AES_256_GCM, 0 },
		{ "7 aes_cm_128_hmac_sha1_80  inline:" KEY30 "|2^48", SUITE_AES_CM_80, 0 },
		{ "7 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|1048576|1:4",
		  SUITE_AES_CM_80, 4 },
		{ "7 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|66:1 WSH=64 -X=1",
		  SUITE_AES_CM_80, 1 },
		/* not padded */
		{ "1 AEAD_AES_128_GCM inline:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHA",
		  SUITE_AES_128_GCM, 0 },
		{ "1 F8_128_HMAC_SHA1_80 inline:" KEY30, 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY28, 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "A", 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY44, 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:", 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 uri:" KEY30, 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80", 0, 0 },
		{ "x AES_CM_128_HMAC_SHA1_80 inline:" KEY30, 0, 0 },
		{ "1234567890 AES_CM_128_HMAC_SHA1_80 inline:" KEY30, 0, 0 },
		/* two keys, what changes the packets, and nonsense */
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|2^20|1:4;inline:" KEY30
		  "|2^20|2:4", 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " UNENCRYPTED_SRTP", 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|0", 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|1:128", 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|300:1", 0, 0 },
		{ "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|", 0, 0 },
	};
	struct offer_crypto c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int err = crypto_parse(&c, rows[i].line);

		if (err != (rows[i].suite ? 0 : -EINVAL) ||
		    (!err && (c.suite != rows[i].suite || c.mki_size != rows[i].mki)))
			fail_msg("%s gives %d, suite %d", rows[i].line, err, c.suite);
		for (size_t k = 0; !err && k < crypto_key_size(c.suite); k++)
			assert_int_equal(c.key[k], k + 1);
	}
	crypto_parse(&c, rows[5].line);
	assert_int_equal(c.mki[3], 1);
	crypto_parse(&c, rows[6].line);
	assert_int_equal(c.mki[0], 66);
}

/* What we write is what we read, for each suite. */
static void test_crypto_written(void **state)
{
	struct offer_local l = ours;

	offer_keys(&l);
	for (int i = SUITE_NONE + 1; i < SUITE_COUNT; i++) {
		struct offer_crypto c;
		char text[CRYPTO_TEXT];

		assert_true(crypto_write(text, 12, i, l.key[i]) < CRYPTO_TEXT);
		assert_int_equal(crypto_parse(&c, text), 0);
		assert_int_equal(c.tag, 12);
		assert_int_equal(c.suite, i);
		assert_memory_equal(c.key, l.key[i], crypto_key_size(i));
	}
}

static void test_srtp_offers(void **state)
{
	static const struct { const char *text; int err[3];
			      enum srtp_suite suite[3]; } rows[] = {
		/* off, preferred, required */
		{ AVP, { 0, 0, -ENOKEY }, { 0, 0, 0 } },
		{ AVP CM80 GCM, { 0, 0, 0 }, { 0, SUITE_AES_CM_80, SUITE_AES_CM_80 } },
		{ SAVP CM80, { -EPERM, 0, 0 }, { 0, SUITE_AES_CM_80, SUITE_AES_CM_80 } },
		{ SAVP, { -EPERM, -EKEYREJECTED, -EKEYREJECTED }, { 0, 0, 0 } },
		/* the old way of best effort: two lines */
		{ SAVP GCM AVP, { 0, 0, 0 }, { 0, SUITE_AES_128_GCM, SUITE_AES_128_GCM } },
		{ AVP SAVP GCM, { 0, 0, 0 }, { 0, SUITE_AES_128_GCM, SUITE_AES_128_GCM } },
		{ AVP "m=audio 6000 RTP/SAVP 18\r\n" GCM, { 0, 0, -ENOKEY }, { 0, 0, 0 } },
		/* with feedback */
		{ AVPF, { 0, 0, -ENOKEY }, { 0, 0, 0 } },
		{ AVPF CM80, { 0, 0, 0 }, { 0, SUITE_AES_CM_80, SUITE_AES_CM_80 } },
		{ SAVPF CM80, { -EPERM, 0, 0 }, { 0, SUITE_AES_CM_80, SUITE_AES_CM_80 } },
		{ SAVPF, { -EPERM, -EKEYREJECTED, -EKEYREJECTED }, { 0, 0, 0 } },
		/* keys by DTLS: alone, of the session, beside ours, and in the
		 * clear if need be (RFC 8643) */
		{ SAVPF DTLS, { -ENOPKG, -ENOPKG, -ENOPKG }, { 0, 0, 0 } },
		{ DTLS SAVP, { -ENOPKG, -ENOPKG, -ENOPKG }, { 0, 0, 0 } },
		{ SAVPF DTLS CM80, { -EPERM, 0, 0 },
		  { 0, SUITE_AES_CM_80, SUITE_AES_CM_80 } },
		{ AVPF DTLS, { 0, 0, -ENOKEY }, { 0, 0, 0 } },
		{ "m=audio 6000 UDP/TLS/RTP/SAVPF 0\r\n" DTLS SAVPF GCM, { -EPERM, 0, 0 },
		  { 0, SUITE_AES_128_GCM, SUITE_AES_128_GCM } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (srtp = SRTP_OFF; srtp <= SRTP_REQUIRED; srtp++) {
			struct offer_local l = ours;
			struct offer_choice c;
			char text[512];
			int err;

			l.srtp = srtp;
			snprintf(text, sizeof(text), HEAD "%s", rows[i].text);
			assert_int_equal(parse(text), 0);
			err = offer_choose(&c, &o, &l);
			if (err != rows[i].err[srtp] ||
			    (!err && c.srtp.suite != rows[i].suite[srtp]))
				fail_msg("row %zu, %d: %d %d", i, srtp, err,
					 c.srtp.suite);
		}
	srtp = SRTP_OFF;
}

/* The answer has their profile (RFC 4585 section 3.3), and so has what we say
 * later of the same session; our own first offer never. */
static void test_feedback(void **state)
{
	static const struct { const char *said, *answer, *again; } rows[] = {
		{ AVP, "RTP/AVP 0\r\n", "RTP/AVP 0 8 101\r\n" },
		{ "m=audio 6000 rtp/avpf 0\r\na=rtcp-fb:* trr-int 5000\r\n"
		  "a=rtcp-fb:0 nack\r\n", "RTP/AVPF 0\r\n",
		  "RTP/AVPF 0 8 101\r\n" },
		{ SAVPF CM80, "RTP/SAVPF 0\r\n", "RTP/SAVPF 0 8 101\r\n" },
		{ AVPF CM80, "RTP/AVPF 0\r\n", "RTP/AVPF 0 8 101\r\n" },
	};
	char text[OFFER_SIZE], wanted[64];
	struct offer_local l = ours;
	struct offer_choice c;

	l.srtp = srtp = SRTP_PREFERRED;
	offer_keys(&l);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), HEAD "%s", rows[i].said);
		assert_int_equal(parse(text), 0);
		assert_int_equal(offer_choose(&c, &o, &l), 0);
		assert_true(offer_answer(text, sizeof(text), &l, &o, &c) > 0);
		snprintf(wanted, sizeof(wanted), "m=audio 20000 %s", rows[i].answer);
		if (!strstr(text, wanted) || strstr(text, "rtcp-fb"))
			fail_msg("%s is answered with %s", rows[i].said, text);
		l.suite = c.srtp.suite;
		l.tag = c.tag;
		l.savp = o.savp;
		l.feedback = o.feedback;
		assert_true(offer_write(text, sizeof(text), &l) > 0);
		snprintf(wanted, sizeof(wanted), "m=audio 20000 %s", rows[i].again);
		if (!strstr(text, wanted))
			fail_msg("%s, then %s", rows[i].said, text);
	}
	srtp = SRTP_OFF;
}

static void test_srtp_answer(void **state)
{
	struct offer_local l = ours;
	struct offer_choice c;
	char text[OFFER_SIZE];

	l.srtp = srtp = SRTP_REQUIRED;
	offer_keys(&l);
	assert_int_equal(parse(HEAD SAVP GCM CM80), 0);
	assert_int_equal(offer_choose(&c, &o, &l), 0);
	assert_memory_equal(c.srtp.local, l.key[SUITE_AES_128_GCM], 28);
	assert_int_equal(c.srtp.remote[27], 28);
	assert_true(offer_answer(text, sizeof(text), &l, &o, &c) > 0);
	assert_non_null(strstr(text, "m=audio 20000 RTP/SAVP 0\r\n"));
	assert_non_null(strstr(text, "a=crypto:9 AEAD_AES_128_GCM inline:"));
	assert_null(strstr(text, "HMAC"));
	/* Best effort is answered in kind. */
	assert_int_equal(parse(HEAD AVP CM80), 0);
	assert_int_equal(offer_choose(&c, &o, &l), 0);
	assert_true(offer_answer(text, sizeof(text), &l, &o, &c) > 0);
	assert_non_null(strstr(text, "m=audio 20000 RTP/AVP 0\r\n"));
	assert_non_null(strstr(text, "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:"));
	srtp = SRTP_OFF;
}

/* All suites, the cheapest first; then only the one in force. An answer takes
 * one of those. */
static void test_srtp_offered(void **state)
{
	struct offer_local l = ours;
	struct offer_choice c;
	char text[OFFER_SIZE], *at;

	l.srtp = srtp = SRTP_REQUIRED;
	offer_keys(&l);
	assert_true(offer_write(text, sizeof(text), &l) > 0);
	assert_non_null(strstr(text, "m=audio 20000 RTP/SAVP 0 8 101\r\n"));
	at = strstr(text, "a=crypto:1 AEAD_AES_128_GCM inline:");
	assert_non_null(at);
	at = strstr(at, "a=crypto:2 AEAD_AES_256_GCM inline:");
	assert_non_null(at);
	at = strstr(at, "a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:");
	assert_non_null(at);
	assert_non_null(strstr(at, "a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:"));
	/* tag 4 is the short tag's, 9 nobody's */
	assert_int_equal(parse(HEAD SAVP CM80), 0);
	assert_int_equal(offer_chosen(&c, &o, &l), -EKEYREJECTED);
	assert_int_equal(parse(HEAD SAVP GCM), 0);
	assert_int_equal(offer_chosen(&c, &o, &l), -EKEYREJECTED);
	assert_int_equal(parse(HEAD AVP), 0);
	assert_int_equal(offer_chosen(&c, &o, &l), -ENOKEY);
	assert_int_equal(parse(HEAD SAVP "a=crypto:2 AEAD_AES_256_GCM inline:"
			       KEY44 "\r\n"), 0);
	assert_int_equal(offer_chosen(&c, &o, &l), 0);
	assert_memory_equal(c.srtp.local, l.key[SUITE_AES_256_GCM], 44);
	l.suite = c.srtp.suite;
	l.tag = c.tag;
	l.savp = o.savp;
	assert_true(offer_write(text, sizeof(text), &l) > 0);
	at = strstr(text, "a=crypto:2 AEAD_AES_256_GCM inline:");
	assert_non_null(at);
	assert_null(strstr(at + 1, "a=crypto"));
	assert_null(strstr(text, "a=crypto:1"));
	/* Preferred: who knows no SRTP finds RTP/AVP. */
	l.suite = SUITE_NONE;
	l.srtp = SRTP_PREFERRED;
	assert_true(offer_write(text, sizeof(text), &l) > 0);
	assert_non_null(strstr(text, "m=audio 20000 RTP/AVP 0 8 101\r\n"));
	assert_non_null(strstr(text, "a=crypto:1 AEAD_AES_128_GCM inline:"));
	l.srtp = srtp = SRTP_OFF;
	assert_true(offer_write(text, sizeof(text), &l) > 0);
	assert_null(strstr(text, "a=crypto"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_tolerant),
		cmocka_unit_test(test_remapped),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_ptime),
		cmocka_unit_test(test_written_offer),
		cmocka_unit_test(test_written_answer),
		cmocka_unit_test(test_crypto_lines),
		cmocka_unit_test(test_crypto_written),
		cmocka_unit_test(test_srtp_offers),
		cmocka_unit_test(test_feedback),
		cmocka_unit_test(test_srtp_answer),
		cmocka_unit_test(test_srtp_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
