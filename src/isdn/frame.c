/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "isdn/frame.h"

#include <string.h>

enum {
	ADDRESS = 2,		/* octets; Q.921 3.2 */
	N201 = 260,		/* octets of information; Q.921 5.9.3 */
	MAINTENANCE = 0x03,	/* protocol discriminators */
	Q931 = 0x08,
	MAINTENANCE_NATIONAL = 0x43,
	IGNORED = 0x00,		/* reserved: nobody takes it for his */
};

#define EXTENSION 0x80		/* the last octet of its group */

/* ---------------------------------------------------- information elements */

/* Octets of the group that begins at e, 0: it does not end within n. */
static size_t group(const uint8_t *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (e[i] & EXTENSION)
			return i + 1;
	return 0;
}

/* Octet group 3, then octets of any kind. */
static bool group_and_rest(const uint8_t *e, size_t n)
{
	return group(e, n) > 0;
}

/* Two groups: coding, then what it is about (cause, progress). */
static bool two_groups(const uint8_t *e, size_t n)
{
	size_t first = group(e, n);

	return first && first < n;
}

/* 4.5.5: capability, mode and rate (a multiplier with rate 0x18), then layers,
 * each a group that names itself. */
static bool bearer(const uint8_t *e, size_t n)
{
	size_t at = group(e, n), next;

	if (!at || at >= n)
		return false;
	if (!(next = group(e + at, n - at)))
		return false;
	if ((e[at] & 0x1f) == 0x18) {
		if (next == 1 && at + 1 >= n)
			return false;
		/* The multiplier is an octet of the group, or behind it. */
		if (next == 1)
			next++;
	}
	for (at += next; at < n; at += next)
		if (!(next = group(e + at, n - at)))
			return false;
	return true;
}

/* 4.5.13: octet 3, an explicit interface, then channels or a map of them. */
static bool channel(const uint8_t *e, size_t n)
{
	bool primary = e[0] & 0x20, explicit = e[0] & 0x40;
	size_t at = 1;

	if (!(e[0] & EXTENSION))
		return false;
	if (explicit) {
		size_t interface = group(e + at, n - at);

		if (!interface)
			return false;
		at += interface;
	}
	/* A basic access says it in octet 3; so does "any" and "none". */
	if (!primary || (e[0] & 3) != 1)
		return true;
	/* An interface may stand without channels (RESTART of all of it). */
	if (at == n)
		return explicit;
	if (!(e[at] & EXTENSION))
		return false;
	if (e[at++] & 0x10) {
		/* A map: 3 octets for 24 slots, 4 for 32. */
		return n - at == 3 || n - at == 4;
	}
	return group(e + at, n - at) > 0;
}

/* One octet of its own. */
static bool one_octet(const uint8_t *e, size_t n)
{
	return n == 1 || (n > 1 && group(e, n) > 0);
}

static bool anything(const uint8_t *e, size_t n)
{
	(void)e;
	(void)n;
	return true;
}

/* Elements of codeset 0 that the library reads, and what each must have
 * (Q.931 4.5, table 4-3: longest lengths in octets, without identifier and
 * length; facility and user-user are bounded by the message). */
static const struct element {
	uint8_t id, least, most;
	bool (*valid)(const uint8_t *, size_t);
} elements[] = {
	{ 0x04, 2, 11, bearer },
	{ 0x08, 2, 32, two_groups },		/* cause */
	{ 0x10, 1, 254, anything },		/* call identity */
	{ 0x14, 1, 1, anything },		/* call state */
	{ 0x18, 1, 40, channel },
	{ 0x1c, 1, 254, group_and_rest },	/* facility */
	{ 0x1e, 2, 4, two_groups },		/* progress indicator */
	{ 0x20, 2, 254, anything },		/* network-specific facilities */
	{ 0x27, 1, 254, group_and_rest },	/* notification */
	{ 0x28, 0, 82, anything },		/* display */
	{ 0x29, 5, 8, anything },		/* date and time: year to minute */
	{ 0x2c, 1, 64, anything },		/* keypad */
	{ 0x34, 1, 1, anything },		/* signal */
	{ 0x4c, 1, 62, group_and_rest },	/* connected number */
	{ 0x6c, 1, 62, group_and_rest },	/* calling number */
	{ 0x6d, 1, 21, group_and_rest },	/* and subaddress */
	{ 0x70, 1, 62, group_and_rest },	/* called number */
	{ 0x71, 1, 21, group_and_rest },	/* and subaddress */
	{ 0x73, 2, 62, group_and_rest },	/* original called, QSIG and NI */
	{ 0x74, 1, 62, group_and_rest },	/* redirecting number */
	{ 0x76, 1, 62, group_and_rest },	/* redirection number */
	{ 0x79, 1, 1, one_octet },		/* restart indicator */
	{ 0x7c, 2, 16, anything },		/* low layer compatibility */
	{ 0x7d, 2, 4, anything },		/* high layer compatibility */
	{ 0x7e, 1, 254, anything },		/* user-user */
};

static const char *fault(int codeset, uint8_t id, const uint8_t *e, size_t n)
{
	if (codeset)
		return NULL;
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		const struct element *el = &elements[i];

		if (el->id != id)
			continue;
		if (n < el->least)
			return "an information element is too short";
		if (n > el->most)
			return "an information element is too long";
		return el->valid(e, n) ? NULL :
		       "an information element does not end";
	}
	return NULL;
}

static void mended(struct frame_check *c, const char *what, int element)
{
	if (c->verdict == FRAME_MENDED)
		return;
	c->verdict = FRAME_MENDED;
	c->what = what;
	c->element = element;
}

/* Takes faulty elements out of n octets; returns how many are left. */
static size_t mend(struct frame_check *c, uint8_t *e, size_t n)
{
	int locked = 0, codeset = 0;
	bool shifted = false;	/* for the next element only */
	size_t from = 0, to = 0;

	while (from < n) {
		uint8_t id = e[from];
		int element = (codeset << 8) | id;
		const char *what = NULL;
		size_t octets;

		if ((id & 0xf0) == 0x90) {	/* shift, 4.5.2 */
			int next = id & 7;

			from++;
			shifted = id & 8;
			/* Never back to a lower one for good (4.5.3). */
			if (!shifted && next <= locked) {
				mended(c, "a shift to a lower codeset", element);
				continue;
			}
			codeset = next;
			if (!shifted)
				locked = next;
			e[to++] = id;
			continue;
		}
		if (id & 0x80) {
			octets = 1;
		} else if (from + 2 > n || from + 2 + e[from + 1] > n) {
			mended(c, "an information element is longer than its "
			       "message", element);
			break;
		} else {
			octets = 2 + e[from + 1];
			what = fault(codeset, id, e + from + 2, octets - 2);
		}
		if (what) {
			/* Its own shift, which reaches one element, goes too. */
			if (shifted)
				to--;
			mended(c, what, element);
		} else {
			memmove(e + to, e + from, octets);
			to += octets;
		}
		from += octets;
		codeset = locked;
		shifted = false;
	}
	return to;
}

/* ------------------------------------------------------------------ layers */

/* Q.931 4.2 to 4.4: discriminator, call reference, message type. */
static const char *head_fault(const uint8_t *m, size_t n)
{
	if (n < 3)
		return "a message is too short";
	if (m[0] != Q931 && m[0] != MAINTENANCE && m[0] != MAINTENANCE_NATIONAL)
		return "an unknown protocol discriminator";
	if (m[1] & 0xf0 || m[1] > 2)
		return "a call reference of more than two octets";
	if (n < 3u + m[1])
		return "a message is too short";
	if (m[2 + m[1]] & 0x80)
		return "an extended message type";
	return NULL;
}

static size_t layer3(struct frame_check *c, uint8_t *m, size_t n)
{
	const char *what = n > N201 ? "a message is too long" : head_fault(m, n);
	size_t head;

	if (what) {
		mended(c, what, -1);
		m[0] = IGNORED;
		/* The shortest that a receiver looks at at all. */
		m[1] = 0;
		m[2] = 0;
		return 3;
	}
	head = 3u + m[1];
	return head + mend(c, m + head, n - head);
}

/* Q.921 3.3 to 3.6: modulo 128 only, as everywhere on primary rate. */
struct frame_check frame_check(uint8_t *frame, size_t *octets)
{
	struct frame_check c = { FRAME_WHOLE, "", -1 };
	struct frame_check dropped = { FRAME_DROPPED, "", -1 };
	size_t n = *octets;
	uint8_t kind;

	if (n < ADDRESS + 1) {
		dropped.what = "a frame is too short";
		return dropped;
	}
	/* One link: SAPI 0, TEI 0 (Q.921 annex A; Q.931 annex F). */
	if ((frame[0] & 0xfd) || frame[1] != 1) {
		dropped.what = "a frame for another terminal";
		return dropped;
	}
	kind = frame[2];
	if ((kind & 3) == 3) {
		size_t least = ADDRESS + 1;

		switch (kind & 0xef) {
		case 0x6f: case 0x0f: case 0x43: case 0x63:
			/* SABME, DM, DISC, UA: no information. */
			if (n == least)
				return c;
			dropped.what = "an unnumbered frame with information";
			return dropped;
		case 0x87:	/* FRMR */
			if (n == least + 5)
				return c;
			dropped.what = "a frame reject of a wrong length";
			return dropped;
		default:
			/* UI and XID are for terminals that share a bus. */
			dropped.what = "an unknown kind of frame";
			return dropped;
		}
	}
	if (n < ADDRESS + 2) {
		dropped.what = "a frame is too short";
		return dropped;
	}
	if (kind & 1) {
		if (n == ADDRESS + 2 && !(kind & 0xf0) && (kind & 0x0f) != 0x0d)
			return c;
		dropped.what = "a supervisory frame of an unknown kind or length";
		return dropped;
	}
	*octets = ADDRESS + 2 + layer3(&c, frame + ADDRESS + 2,
				       n - ADDRESS - 2);
	return c;
}
