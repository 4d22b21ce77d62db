/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * watch.h - whether the data link is established, told by the frames that pass
 * (Q.921 5.5), because the library's word comes late: after it has reset the
 * link for a fault of the peer (a wrong N(R), say) it tells that the D channel is
 * up again and then, from a queue, that it went down, and nothing more. So
 * PRI_EVENT_DCHAN_DOWN counts only when the link is not up here. Pure.
 */
#ifndef ISDN_WATCH_H
#define ISDN_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link_watch {
	bool up;
	bool asked;		/* our SABME waits for its UA */
	bool was_asked;		/* theirs for ours */
};

/* Every frame that goes to the library, or comes from it (sent): from address to
 * information. */
void link_watch_frame(struct link_watch *, const uint8_t *frame, size_t octets,
		      bool sent);

#endif
