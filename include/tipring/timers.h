/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * timers.h - every time that tipring waits for: one table with number, name,
 * default, range and unit. The configuration's `timers = { name = value; }`
 * sets them; struct config has the values; tipring.conf(5) prints this table.
 *
 * TIMER(id, name, unit, default, least, most, what it is for)
 */
#ifndef TIPRING_TIMERS_H
#define TIPRING_TIMERS_H

#define TIMER_TABLE(TIMER)                                                     \
	TIMER(FIRST_DIGIT, "first_digit", "s", 16, 1, 120,                     \
	      "dial tone without a digit, then congestion")                    \
	TIMER(INTER_DIGIT, "inter_digit", "s", 5, 1, 60,                       \
	      "between digits; what was dialled by then is the number")        \
	TIMER(DIGIT_MAP, "digit_map_T", "ms", 3000, 500, 30000,                \
	      "the digit map's T timer")                                       \
	TIMER(RING, "ring", "s", 120, 5, 600,                                  \
	      "a line or a far end rings so long, then no answer")             \
	TIMER(RING_GAP, "ring_gap", "ms", 6500, 1000, 20000,                   \
	      "no further ring for so long: the caller has given up")          \
	TIMER(CALLERID, "callerid", "ms", 4500, 500, 10000,                    \
	      "after the first ring, wait so long for caller ID")              \
	TIMER(SEIZE, "seize", "ms", 2000, 100, 10000,                          \
	      "off hook without loop current: the line is dead")               \
	TIMER(DIAL_TONE, "dial_tone", "s", 10, 1, 60,                          \
	      "wait for dial tone before dialling")                            \
	TIMER(DIAL_PAUSE, "dial_pause", "ms", 600, 0, 10000,                   \
	      "off hook to first digit where dial tone is not waited for")     \
	TIMER(PROGRESS, "progress", "s", 180, 10, 600,                         \
	      "dialled, not answered: the call is given up")                   \
	TIMER(BREAK, "break", "ms", 200, 20, 2000,                             \
	      "loop-current break that ends a call, where it can be timed")    \
	TIMER(RELEASE_TONE, "release_tone", "s", 30, 0, 600,                   \
	      "busy or congestion tone after the far end hung up")             \
	TIMER(HOWLER, "howler", "s", 60, 0, 600,                               \
	      "off-hook warning, then the line is locked out until on hook")   \
	TIMER(GUARD, "guard", "ms", 1500, 100, 10000,                          \
	      "an FXO line rests so long after on hook before it is seized")   \
	TIMER(MEASURE_SETTLE, "measure_settle", "ms", 400, 100, 5000,          \
	      "tipring measure waits so long after off hook and after the digit") \
	TIMER(SILENCE, "silence", "s", 120, 0, 7200,                           \
	      "silence both ways that ends a call on an FXO line, 0 never")    \
	TIMER(MAX_CALL, "max_call", "s", 0, 0, 604800,                         \
	      "longest call, 0 no bound")                                      \
	TIMER(TAKEOVER, "takeover_tone", "ms", 2000, 0, 10000,                 \
	      "tone to both parties of a call that an emergency call takes over") \
	TIMER(CPC, "cpc", "ms", 500, 100, 2000,                                \
	      "battery break towards an FXS port when the far end has gone")   \
	TIMER(CALL_WAITING, "call_waiting", "s", 10, 3, 60,                     \
	      "from one call-waiting tone to the next")                        \
	TIMER(RECALL, "recall", "s", 30, 5, 600,                               \
	      "a line is rung back so long for a call that it holds or has handed on") \
	TIMER(WINK, "wink", "ms", 2000, 200, 10000,                            \
	      "wait so long for a PBX's wink, then send the DID digits anyway") \
	TIMER(ANSWER_SPEECH, "answer_speech", "ms", 2000, 200, 10000,          \
	      "speech without any call-progress tone that counts as answer")   \
	TIMER(REFUSAL_TONE, "refusal_tone", "s", 6, 0, 60,                     \
	      "tone to a two-stage caller who cannot be served, then on hook") \
	TIMER(NO_RESPONSE, "no_response", "ms", 3000, 500, 32000,              \
	      "a SIP server that does not answer an INVITE at all")            \
	TIMER(TLS_HANDSHAKE, "tls_handshake", "ms", 3000, 500, 30000,          \
	      "TCP is connected, TLS not: the connection is given up")         \
	TIMER(PONG, "keepalive_answer", "ms", 10000, 1000, 30000,             \
	      "a SIP server does not answer a keep-alive: the way to it is lost") \
	TIMER(CONNECTION, "connection", "s", 10, 1, 3600,                      \
	      "a SIP connection from outside without a request that is served") \
	TIMER(T200, "T200", "ms", 1000, 100, 10000,                            \
	      "an ISDN far end does not acknowledge a frame: it goes again (Q.921)") \
	TIMER(T203, "T203", "s", 10, 1, 120,                                   \
	      "nothing on a D channel for so long: the far end is asked (Q.921)") \
	TIMER(T303, "T303", "s", 4, 1, 60,                                     \
	      "an ISDN far end is silent to SETUP: it goes again, then the call ends") \
	TIMER(T305, "T305", "s", 30, 1, 120,                                   \
	      "an ISDN far end is silent to DISCONNECT: RELEASE follows")      \
	TIMER(T308, "T308", "s", 4, 1, 60,                                     \
	      "an ISDN far end is silent to RELEASE: it goes again, then the call is gone") \
	TIMER(T309, "T309", "s", 90, 6, 600,                                   \
	      "a span's D channel is down: calls that talk are kept so long")  \
	TIMER(T313, "T313", "s", 4, 1, 60,                                     \
	      "an ISDN exchange does not confirm our answer: the call is cleared") \
	TIMER(TRANSFERRED, "transferred", "ms", 4000, 100, 32000,              \
	      "a SIP party that has handed its partner on hangs up by then, or we do") \
	TIMER(REFER, "refer", "s", 60, 1, 600,                                 \
	      "a server that has taken a REFER tells its end; later the call stays here") \
	TIMER(SHUTDOWN, "shutdown", "ms", 2500, 500, 10000,                    \
	      "from TERM until the program ends, whatever is pending")

enum timer_id {
#define TIMER(id, name, unit, def, least, most, what) TIMER_##id,
	TIMER_TABLE(TIMER)
#undef TIMER
	TIMER_COUNT
};

struct timer_info {
	const char *name, *unit, *what;
	unsigned def, least, most;
};

/* By number; defined in src/base/timer_table.c. */
extern const struct timer_info timer_table[TIMER_COUNT];

#endif
