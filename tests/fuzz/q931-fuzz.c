/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Frames of any kind on the D channel between two real instances of libpri, a
 * network and a user side, in any state of a call. What passes the frame check
 * must not hurt the library, and whatever came, the D channel must come up
 * again and carry a call.
 *
 * The first octet says what happens to the rest: at which I frame of the user
 * side (0 to 15) it is put in, and whether (0x10) with the call reference of the
 * frame it replaces, (0x20) as a frame of its own beside it, (0x40) towards the
 * user side instead, (0x80) in a call that the other side began.
 */
#include <libpri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "driver.h"
#include "isdn/frame.h"
#include "isdn/watch.h"

const char fuzz_name[] = "q931";

const char *const fuzz_words[] = {
	"\x04\x03\x80\x90\xa3", "\x18\x03\xa9\x83\x81", "\x08\x02\x80\x90",
	"\x1e\x02\x80\x88", "\x6c\x06\x21\x80" "1234", "\x70\x05\x80" "5678",
	"\x74\x06\x21\x81\x82" "12", "\x28\x04" "name", "\x79\x01\x80",
	"\x1c\x0b\x91\xa1\x08\x02\x01\x01\x02\x01\x0f\x30", "\x96", "\x9e",
	"\x27\x01\xf9", "\x4c\x04\x21\x80" "12", "\x14\x01\x0a",
	"\x08\x02\x00\x01", "\x05", "\x07", "\x0d", "\x45", "\x4d", "\x5a", "\x62",
	"\x6e", "\x75", "\x7d", "\x7b", "\x46", "\x24", "\x2c", NULL
};

enum { NETWORK, USER, SIDES, QUEUE = 128, FRAME = 300, UP_SECONDS = 120 };

struct side {
	struct pri *pri;
	bool up;
	q931_call *call;
	struct { uint8_t data[FRAME]; size_t octets; } in[QUEUE];
	unsigned head, count;
	unsigned i_frames;	/* that it sent in this run */
	bool answered;
	struct link_watch link;
};

static struct side sides[SIDES];
static struct timeval now = { .tv_sec = 1000000 };

/* What is put in, NULL: nothing, or it has been. */
static struct {
	const uint8_t *data;
	size_t octets;
	uint8_t how;
} input;

/* The library's clock: seconds pass when the target says so. */
int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	(void)zone;
	*tv = now;
	return 0;
}

static void silent(struct pri *pri, char *text)
{
	(void)pri;
	(void)text;
}

static void enqueue(struct side *to, const uint8_t *frame, size_t octets)
{
	unsigned i = (to->head + to->count) % QUEUE;

	if (to->count == QUEUE || octets > FRAME)
		return;		/* lost on the wire */
	memcpy(to->in[i].data, frame, octets);
	to->in[i].octets = octets;
	to->count++;
}

static size_t reference(const uint8_t *message, size_t octets)
{
	return octets > 3 && message[1] == 2 ? 4 : 0;
}

/* The frame that goes instead of, or behind, one that a side sent. */
static void put_in(struct side *to, const uint8_t *frame, size_t octets)
{
	uint8_t made[FRAME + 64];
	size_t n = 4, most = sizeof(made) - 4;

	memcpy(made, frame, 4);
	if (input.octets < most)
		most = input.octets;
	memcpy(made + n, input.data, most);
	n += most;
	if (input.how & 0x10 && reference(made + 4, n - 4) &&
	    reference(frame + 4, octets - 4))
		memcpy(made + 6, frame + 6, 2);
	if (input.how & 0x20) {
		enqueue(to, frame, octets);
		enqueue(to, input.data, input.octets);
	} else {
		enqueue(to, made, n);
	}
	input.data = NULL;
}

static int write_frame(struct pri *pri, void *buf, int size)
{
	struct side *from = pri_get_userdata(pri);
	struct side *to = from == &sides[USER] ? &sides[NETWORK] : &sides[USER];
	struct side *victim = input.how & 0x40 ? &sides[USER] : &sides[NETWORK];
	const uint8_t *frame = buf;
	size_t octets = size > 2 ? (size_t)size - 2 : 0;

	link_watch_frame(&from->link, frame, octets, true);
	if (octets > 4 && !(frame[2] & 1) &&
	    from->i_frames++ == (input.how & 0x0f) && to == victim && input.data)
		put_in(to, frame, octets);
	else
		enqueue(to, frame, octets);
	return size;
}

static int read_frame(struct pri *pri, void *buf, int size)
{
	struct side *s = pri_get_userdata(pri);

	while (s->count) {
		/* Of its own size, so that a sanitizer sees a read beyond. */
		size_t octets = s->in[s->head].octets;
		uint8_t *frame = calloc(1, octets < FRAME_LEAST ? FRAME_LEAST :
								  octets);
		struct frame_check c;

		memcpy(frame, s->in[s->head].data, octets);
		s->head = (s->head + 1) % QUEUE;
		s->count--;
		c = frame_check(frame, &octets);
		if (c.verdict != FRAME_DROPPED && octets + 2 <= (size_t)size) {
			/* Mending is done once and for all. */
			if (frame_check(frame, &octets).verdict == FRAME_DROPPED)
				abort();
			link_watch_frame(&s->link, frame, octets, false);
			memcpy(buf, frame, octets);
			free(frame);
			return (int)octets + 2;
		}
		free(frame);
	}
	return 0;
}

/* As an exchange that lets everything through. */
static void event(struct side *s, pri_event *e)
{
	switch (e->e) {
	case PRI_EVENT_DCHAN_UP:
		s->up = true;
		break;
	case PRI_EVENT_DCHAN_DOWN:
		s->up = s->link.up;
		break;
	case PRI_EVENT_RING:
		if (e->ring.channel < 0) {
			pri_hangup(s->pri, e->ring.call, 44);
			break;
		}
		pri_proceeding(s->pri, e->ring.call, e->ring.channel, 0);
		pri_acknowledge(s->pri, e->ring.call, e->ring.channel, 1);
		pri_answer(s->pri, e->ring.call, e->ring.channel, 0);
		if (!s->call)
			s->call = e->ring.call;
		break;
	case PRI_EVENT_ANSWER:
		s->answered = true;
		break;
	case PRI_EVENT_HANGUP:
	case PRI_EVENT_HANGUP_ACK:
		if (e->hangup.call == s->call)
			s->call = NULL;
		pri_hangup(s->pri, e->hangup.call, e->hangup.cause);
		break;
	case PRI_EVENT_HANGUP_REQ:
		pri_hangup(s->pri, e->hangup.call, e->hangup.cause);
		break;
	case PRI_EVENT_HOLD:
		pri_hold_ack(s->pri, e->hold.call);
		break;
	case PRI_EVENT_RETRIEVE:
		pri_retrieve_ack(s->pri, e->retrieve.call, e->retrieve.channel);
		break;
	default:
		break;
	}
}

static void run(void)
{
	for (int turns = 0, busy = 1; busy && turns < 2000; turns++) {
		busy = 0;
		for (int i = 0; i < SIDES; i++) {
			pri_event *e = NULL;

			if (sides[i].count) {
				busy = 1;
				e = pri_check_event(sides[i].pri);
			}
			if (e)
				event(&sides[i], e);
		}
	}
}

static void pass(unsigned seconds)
{
	while (seconds--) {
		now.tv_sec++;
		for (int i = 0; i < SIDES; i++)
			for (int n = 0; n < 50; n++) {
				pri_event *e = pri_schedule_run(sides[i].pri);

				if (!e)
					break;
				event(&sides[i], e);
			}
		run();
	}
}

static void start(void)
{
	pri_set_message(silent);
	pri_set_error(silent);
	for (int i = 0; i < SIDES; i++) {
		struct side *s = &sides[i];

		s->pri = pri_new_cb(0, i == NETWORK ? PRI_NETWORK : PRI_CPE,
				    PRI_SWITCH_EUROISDN_E1, read_frame,
				    write_frame, s);
		if (!s->pri)
			abort();
		pri_facility_enable(s->pri);
		pri_hold_enable(s->pri, 1);
		pri_transfer_enable(s->pri, 1);
		pri_reroute_enable(s->pri, 1);
		pri_aoc_events_enable(s->pri, 1);
		pri_mcid_enable(s->pri, 1);
		pri_cc_enable(s->pri, 1);
		pri_set_overlapdial(s->pri, 1);
		pri_display_options_receive(s->pri, 0xf);
	}
}

static void up(const char *when)
{
	for (int i = 0; i < UP_SECONDS; i++) {
		if (sides[NETWORK].up && sides[USER].up)
			return;
		pass(1);
	}
	fprintf(stderr, "q931-fuzz: the D channel stays down %s\n", when);
	abort();
}

static void call(struct side *from)
{
	struct pri_sr *sr = pri_sr_new();
	char number[] = "5551234", name[] = "Desk";

	from->call = pri_new_call(from->pri);
	if (!sr || !from->call)
		abort();
	pri_sr_set_channel(sr, 5, 0, 0);
	pri_sr_set_bearer(sr, PRI_TRANS_CAP_SPEECH, PRI_LAYER_1_ALAW);
	pri_sr_set_called(sr, number, PRI_UNKNOWN, 1);
	pri_sr_set_caller(sr, number, name, PRI_UNKNOWN, 0);
	pri_setup(from->pri, from->call, sr);
	pri_sr_free(sr);
	run();
}

static void clear(struct side *from)
{
	if (from->call)
		pri_hangup(from->pri, from->call, 16);
	run();
	/* T305, T308, T303: whatever waits for an answer gives up. */
	for (int i = 0; i < 60 && (sides[NETWORK].call || sides[USER].call); i++)
		pass(1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct side *caller;

	if (!sides[NETWORK].pri)
		start();
	up("before");
	if (!size)
		return 0;
	for (int i = 0; i < SIDES; i++) {
		sides[i].i_frames = 0;
		sides[i].call = NULL;
		sides[i].answered = false;
	}
	input.how = data[0];
	input.data = data + 1;
	input.octets = size - 1 > FRAME ? FRAME : size - 1;
	caller = &sides[input.how & 0x80 ? USER : NETWORK];
	call(caller);
	/* Messages in an active call, for later frames to be replaced. */
	for (int i = 0; i < 8 && input.data; i++) {
		struct side *other = &sides[input.how & 0x40 ? NETWORK : USER];

		if (other->call)
			pri_notify(other->pri, other->call, 5,
				   PRI_NOTIFY_REMOTE_HOLD);
		run();
	}
	clear(caller);
	input.data = NULL;
	pass(40);
	up("after");
	sides[NETWORK].call = sides[USER].call = NULL;
	sides[NETWORK].answered = false;
	call(&sides[NETWORK]);
	if (!sides[NETWORK].answered) {
		fprintf(stderr, "q931-fuzz: no call goes through afterwards\n");
		abort();
	}
	clear(&sides[NETWORK]);
	return 0;
}
