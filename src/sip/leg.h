/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * leg.h - a call's side towards a provider, as the files that make it up share
 * it: its states, who calls whom, what happens in its dialog, its description.
 */
#ifndef SIP_LEG_H
#define SIP_LEG_H

#include "sip/internal.h"

/*
 * outgoing:  NEW -> CALLING -> PROCEEDING -> UP -> ENDING
 *                       |           |               ^
 *                       +-----------+-> CANCELLING -+ (a 200 crossed CANCEL)
 * incoming:  INVITED -> ANSWERED -> UP -> ENDING
 *                          |               ^
 *                          +-> ANSWERED_ENDING (BYE must wait for ACK)
 * From each of them, when nothing is left to be said: DEAD.
 */
enum trunk_leg_state {
	LEG_NEW,
	LEG_CALLING,		/* INVITE sent, not a word came back */
	LEG_PROCEEDING,		/* a provisional response came */
	LEG_CANCELLING,
	LEG_INVITED,
	LEG_ANSWERED,		/* 200 sent, no ACK yet */
	LEG_ANSWERED_ENDING,
	LEG_UP,
	LEG_ENDING,		/* BYE sent */
	LEG_DEAD,
};

/* Where offer and answer stand (RFC 3264). */
enum exchange {
	EXCHANGE_NONE,
	EXCHANGE_OFFERED,	/* ours is out, no answer yet */
	EXCHANGE_RECEIVED,	/* theirs is here, not answered yet */
	EXCHANGE_DONE,
};

/* An answer that one branch of a forked call gave (RFC 3261 section 12.1.2). */
struct fork {
	struct fork *next;
	char tag[64];		/* To's */
	struct offer remote;
	struct offer_choice choice;
};

/* What an INVITE or UPDATE says of the session timer (RFC 4028). */
struct session_ask {
	bool supported;
	bool uas;		/* refresher=uas */
	unsigned expires_s, least_s;	/* Session-Expires, Min-SE; 0: none */
};

struct leg_policy {
	enum trunk_identity identity;
	enum number_format number_format;
	enum uri_scheme called_uri;
	enum trunk_diversion diversion;
	enum trunk_reliable reliable;
	enum trunk_redirect redirect;
	enum trunk_transfer transfer;
	enum trunk_transfer_out transfer_out;
	unsigned session_s, session_least_s;
};

struct trunk_leg {
	struct owner owner;
	struct leg leg;
	struct list_head node;
	struct agent *agent;
	struct provider *provider;
	nua_handle_t *nh;
	enum trunk_leg_state state;
	struct timer timer;
	struct timer ring;
	/* What it was made with: a reload must not reach it. */
	enum sip_transport transport;
	char *user, *auth_user, *secret, *domain, *route;
	enum dtmf_mode dtmf;
	bool nat, fixed_route;
	struct sockaddr_storage candidate[LOOKUP_MAX];	/* best first */
	unsigned candidates, at;	/* at: the one in use */
	struct leg_policy policy;
	bool sips;		/* the call was asked for by sips: */
	unsigned challenged;
	nua_event_t proven;	/* what the last proof was given to */
	struct leg_offer offer;
	struct party connected;	/* who answers, for our 200 */
	char contact[320];
	/* The description exchange. */
	struct sockaddr_storage peer;	/* that signalling comes from */
	struct offer_local local;
	struct offer remote;
	struct offer_choice choice;
	enum exchange exchange;
	bool reliable;		/* peer takes 100rel: 183 may carry an offer */
	bool early;		/* 183 was sent, or core heard of progress */
	bool held;		/* by the far end */
	bool hold_wanted, hold_sent;	/* by ours */
	bool reinviting;
	struct fork *forks;
	char fork_tag[64];	/* of the branch whose answer is in use */
	unsigned redirected;
	struct hand_over hand_over;
	char refer_event[32];	/* Event of the NOTIFYs that are owed; "" none */
	/* The session timer. */
	struct timer session;
	struct session_ask ask;	/* by their last request */
	unsigned session_s;	/* agreed, 0: none */
	bool updates;		/* the far end takes UPDATE */
	uint64_t session_end;	/* ms, when it runs out */
	bool moved;			/* our address is to be told */
	struct media_rtp applied;	/* what media was told last */
	char sdp[OFFER_SIZE];	/* the last that we wrote */
};

/* leg.c */
extern const struct leg_ops trunk_leg_ops;
struct leg *trunk_leg_outgoing(struct trunk *, const struct config_line *);
struct trunk_leg *trunk_leg_new(struct provider *, const struct account *);
void trunk_leg_end(struct trunk_leg *, const struct release *);
/* Destroys the handle and gives the memory back at the end of the turn. */
void trunk_leg_bury(struct trunk_leg *);
void trunk_leg_free(struct trunk_leg *);
void trunk_leg_bye(struct trunk_leg *, enum cause, const char *text);
/* A BYE of ours is out. */
void trunk_leg_ending(struct trunk_leg *);
/* Ends the call from our side: core hears why, the far end gets BYE. */
void trunk_leg_fail(struct trunk_leg *, enum cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
media_event_fn trunk_leg_media;

/* The Q.850 cause in a message's Reason; none: otherwise. */
enum cause cause_told(const sip_t *, enum cause otherwise);

/* scheme.c: sips: and tel:. */
/* provider_contact() for a leg: sips: where its call is (RFC 5630 section 5.1). */
int scheme_contact(struct trunk_leg *, const struct sockaddr *peer, char *contact,
		   size_t size);
/* It asks for sips:, and came by a way that is not. */
bool scheme_broken(const sip_t *);
/* Who is called, as the trunk wants it named; its length or -errno. */
int scheme_called(char *buf, size_t size, const char *number,
		  const struct trunk_leg *);

/* leg_party.c: who calls whom. */
struct party_headers {
	char uri[300], to[310], tag[12], hops[12];
	struct identity_headers who;
	char diversion[760];
};
/* What an INVITE says; 0, or the status that refuses it. */
int party_read(const struct provider *, const sip_t *, struct leg_offer *);
/* What ours shall say; -errno. */
int party_write(const struct trunk_leg *, struct party_headers *);
/* Who answered, of a 200 that came; and for one that goes. */
void party_connected(struct trunk_leg *, const sip_t *);
void party_answers(const struct trunk_leg *, struct identity_headers *);
/* The account whose user a Request-URI has; NULL: none. */
const struct account *party_account(const struct provider *, const char *user);
void party_number(char number[PARTY_NUMBER_SIZE], const url_t *);
/* As the trunk writes it -> as lines and routes have it. */
void party_expand(const struct agent *, enum number_format,
		  char number[PARTY_NUMBER_SIZE]);
/* The other way round. */
void party_format(const struct agent *, enum number_format,
		  char out[PARTY_NUMBER_SIZE], const char *number);

/* leg_in.c: an INVITE that asks for a new call. */
void invite_in(struct provider *, const struct happening *);
void incoming_proceeding(struct leg *);
void incoming_alert(struct leg *);
void incoming_progress(struct leg *);
void incoming_answer(struct leg *);
void incoming_connected(struct leg *, const struct party *);
void incoming_refuse(struct trunk_leg *, const struct release *);
void incoming_acknowledged(struct trunk_leg *, const struct happening *);

/* leg_out.c: an INVITE of ours. */
int outgoing_offer(struct leg *, const struct leg_offer *);
void outgoing_response(struct trunk_leg *, const struct happening *);
void outgoing_unreachable(struct trunk_leg *, const char *why);
void outgoing_cancel(struct trunk_leg *, const struct release *);
/* The INVITE once more, to whom t->offer says; 0 or -errno. */
int outgoing_again(struct trunk_leg *);

/* leg_redirect.c: a 3xx; true: it is followed, else why not. */
bool outgoing_redirected(struct trunk_leg *, const struct happening *, char *why,
			 size_t size);

/* The URI is at the leg's server. */
bool trunk_leg_is_provider(const struct trunk_leg *, const url_t *);

/* leg_refer.c: REFER inside a dialog. */
void refer_in(struct trunk_leg *, const struct happening *);
/* SUBSCRIBE in a dialog: longer or no more of what REFER has begun. */
void refer_subscribed(struct trunk_leg *, const struct happening *);
void transfer_news(struct leg *, enum referral_news, const struct release *why);
/* The call whose place an INVITE wants, in *old; NULL: it wants none. 0, or the
 * status that refuses it, and why. */
int replaces_check(struct agent *, const struct provider *, const sip_t *,
		   struct trunk_leg **old, char *why, size_t size);
/* It is described: takes that place. -EPERM and *why. */
int replaces_take(struct trunk_leg *, struct trunk_leg *old, struct release *why);

/* leg_fork.c: an answer in a response; 0, -ENODATA: it has none, or as
 * session_take(). */
int fork_answer(struct trunk_leg *, const sip_t *, char *why, size_t size);
/* ... in the 200, or in what its branch said before. */
int fork_accepted(struct trunk_leg *, const sip_t *, char *why, size_t size);
/* 199: true when another branch's answer is in use now. */
bool fork_gone(struct trunk_leg *, const sip_t *);
void fork_forget(struct trunk_leg *);

/* session_timer.c */
void session_timer_read(struct session_ask *, const sip_t *);
/* A 2xx of ours to t->ask is out. */
void session_timer_asked(struct trunk_leg *);
/* A 2xx to an INVITE or UPDATE of ours. */
void session_timer_answered(struct trunk_leg *, const sip_t *);
/* Any other final response to one; may end the call. */
void session_timer_refused(struct trunk_leg *, int status, const char *phrase);
/* Learns from a message what the far end takes. */
void session_timer_peer(struct trunk_leg *, const sip_t *);

/* leg_dialog.c: what happens inside a dialog. */
void dialog_happened(struct owner *, const struct happening *);
void dialog_hold(struct leg *, bool held);
/* What could not be said before (hold, a new address) can be now. */
void dialog_settled(struct trunk_leg *);
void dialog_digit(struct leg *, char digit, unsigned ms);
void dialog_flash(struct leg *);
/* The library may say each request once more, with proof. */
#define DIALOG_RETRIES 1
/* A call of ours was answered. */
void dialog_begins(struct trunk_leg *);
void dialog_proving(struct owner *, struct proving *);
/* response_proven(), of a leg. */
bool dialog_proven(struct trunk_leg *, const struct happening *, unsigned *times);
/* Our present description once more. */
void dialog_reinvite(struct trunk_leg *);
/* Our address may have changed: tells the far end, if need be. */
void dialog_moved(struct trunk_leg *);
void dialog_reinvite_response(struct trunk_leg *, const struct happening *);

/* leg_sdp.c: between SDP, media and core. -errno and why. */
int session_open(struct trunk_leg *, const struct sockaddr *peer, char *why,
		 size_t size);
/* Looks whether our address is another one now; takes it into local and
 * contact. */
bool session_moved(struct trunk_leg *);
int session_offer(struct trunk_leg *);		/* writes ours into sdp */
int session_answer(struct trunk_leg *);		/* writes ours to theirs */
/* Takes a body as an offer or, when ours is out, as an answer. -EINVAL: cannot
 * be read; -ENOTSUP: no codec in common; -EPROTONOSUPPORT: audio by something
 * else than RTP; -ENOMSG: no audio; -EAFNOSUPPORT: IPv4 and IPv6; and those of
 * offer_choose(). */
int session_take(struct trunk_leg *, const sip_t *, char *why, size_t size);
/* The Warning that such an error deserves (RFC 3261 section 20.43), or NULL. */
const char *session_warning(int err);
void session_apply(struct trunk_leg *);		/* to media, and tells core of hold */
/* What we can read, for Accept. */
#define SESSION_ACCEPTS "application/sdp, multipart/mixed"
/* 0: none; -EMEDIUMTYPE: a body that we don't read; else its length. */
int session_body(const sip_t *, const char **body);

#endif
