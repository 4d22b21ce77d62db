/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * internal.h - what the files of this room share: the agent, its providers (a
 * configured trunk each), their accounts and legs.
 */
#ifndef SIP_INTERNAL_H
#define SIP_INTERNAL_H

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_status.h>

#include "base/fsm.h"
#include "base/list.h"
#include "config/config.h"
#include "core/box.h"
#include "sip/access.h"
#include "sip/agent.h"
#include "sip/hand_over.h"
#include "sip/identity.h"
#include "sip/keepalive.h"
#include "sip/lookup.h"
#include "sip/loop_su.h"
#include "sip/offer.h"
#include "sip/proof.h"
#include "sip/tls.h"
#include "tipring/trunk.h"

struct account;
struct nonces;
struct outside;
struct provider;
struct trunk_leg;

/* One event of the user agent. */
struct happening {
	nua_event_t event;
	int status;
	const char *phrase;
	nua_handle_t *nh;
	const sip_t *sip;	/* NULL: made by the library itself */
	tagi_t *tags;
};

/* What a handle of the user agent belongs to; begins whatever has one. After
 * nua_handle_destroy() no event comes for it. */
struct owner {
	void (*happened)(struct owner *, const struct happening *);
};

/* ------------------------------------------------------------------ agent */

enum agent_state { AGENT_RUNS, AGENT_DRAINS, AGENT_STOPS, AGENT_STOPPED };

#define OWN_MOST 256		/* addresses of ours that are listened on */

struct agent {
	enum agent_state state;
	struct loop *loop;
	nua_t *nua;
	struct resolver *resolver;
	struct nonces *nonces;		/* that peers prove themselves with */
	const struct config *conf;
	struct box *box;
	struct media *media;
	struct fsm_queue queue;
	struct list_head providers;
	struct list_head legs;		/* that live */
	struct list_head dead;		/* legs and providers, until the turn's end */
	struct timer bury;
	int netlink;			/* -1: none */
	struct loop_watch *netlink_watch;
	struct timer settle;
	struct sockaddr_storage own[OWN_MOST];	/* of our interfaces */
	unsigned owns;
	int own_fault;			/* the last, -errno */
	struct timer deadline;
	void (*done)(void *);
	void *done_arg;
	struct agent_stats stats;
};

/* Extensions, beside 100rel, which is a trunk's choice. */
#define AGENT_SUPPORTS "timer, 199"
#define TRANSFER_SUPPORTS "replaces, norefersub"
#define AGENT_ALLOWS "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY"
/* What a trunk is told that we support and allow (leg_refer.c). */
const char *transfer_supports(enum trunk_transfer, bool reliable);
const char *transfer_allows(enum trunk_transfer);
/* Of the handle of a call, SIPTAG_ALLOW says what the library lets in: REFER as
 * well, so that a refusal is ours, and has a reason in the log. */
#define LETS_IN SIPTAG_ALLOW_STR(AGENT_ALLOWS ", REFER, SUBSCRIBE")
#define ALLOWS(leg) SIPTAG_HEADER_STR(transfer_allows((leg)->policy.transfer))

static inline struct timers *agent_timers(struct agent *a)
{
	return &a->loop->timers;
}

/* The listener for a transport and the address that a peer shall use to reach
 * us there; -EAFNOSUPPORT: we don't listen so. */
int agent_local(const struct agent *, enum sip_transport,
		const struct sockaddr *peer, struct sockaddr_storage *local);

/* own_address.c: notices when our own addresses change, and moves there. */
void own_address_watch(struct agent *);
void own_address_unwatch(struct agent *);

/* Something that agent_shutdown() or a draining trunk may wait for is gone;
 * frees the dead at the end of the turn. */
void agent_settle(struct agent *);

/* "sip:192.0.2.1:5060;transport=udp", for NUTAG_PROXY. */
#define TARGET_URL 96
void target_url(char url[TARGET_URL], const struct sockaddr *,
		enum sip_transport);
/* The same within the dialog that this answer makes (RFC 3261 section 12.2.1.1): its
 * Route, of which the library knows no more once it was given a proxy; or NULL. */
const url_t *next_hop(const sip_t *);
const char *transport_name(enum sip_transport);

/* A header of a message as text, from the message's own home; NULL: none. */
char *header_text(const sip_t *, const char *name);

/* Requests without a handle of ours (requests.c). */
void request_happened(struct agent *, const struct happening *);
/* Answers a request that nua does not answer itself. */
void request_answer(struct agent *, const struct happening *, int status,
		    const char *phrase);

/* ---------------------------------------------------------------- account */

enum account_state { ACCOUNT_STOPPED, ACCOUNT_WAITING, ACCOUNT_REGISTERING,
		     ACCOUNT_REGISTERED, ACCOUNT_REFRESHING,
		     ACCOUNT_UNREGISTERING, ACCOUNT_STATES };

/* One address of record at one provider, and how to prove that it is ours. */
struct account {
	struct owner owner;
	struct provider *provider;
	struct list_head node;		/* provider->accounts */
	char *name;			/* "acme", "acme/pbx-1" */
	char *line;			/* whose it is; NULL: the trunk's */
	char *number;			/* of the line; NULL: the trunk's account */
	char *user, *auth_user, *secret;	/* secret: NULL, none */
	bool registers;
	bool gin;			/* for all numbers, RFC 6140 */
	struct fsm fsm;
	nua_handle_t *nh;
	char call_id[48], tag[24];
	struct sockaddr_storage target;	/* that the last REGISTER went to */
	unsigned tries;			/* without success */
	unsigned round;			/* of these, one target after the other */
	int refused;			/* the last failure's status; 0 or 408:
					   no answer */
	unsigned challenged;		/* in this request */
	unsigned stale;			/* requests in a row that ended so */
	unsigned ask_s;			/* expiry asked for, after 423 */
	unsigned granted_s;		/* by the registrar */
	unsigned retry_after_s;		/* as it said */
	uint64_t good_until;		/* ms, when the binding ends; 0: none */
	char error[TLS_ERROR];		/* of the last try; "" when it succeeded */
	char *service_route;		/* RFC 3608; NULL: none */
	char *contact;			/* of the last REGISTER; NULL: none yet */
	char *bound;			/* that the registrar has; NULL: none */
};

struct account *account_new(struct provider *, const struct config_line *,
			    char *why, size_t size);
void account_free(struct account *);
/* The machine in it (registration.c). */
void account_init(struct account *);
void account_fini(struct account *);
void account_start(struct account *);
/* Unregisters if need be; agent_settle() when done. */
void account_stop(struct account *);
/* The provider's targets have changed. */
void account_target(struct account *);
/* A silent server answers again: what waits because of that need not. */
void account_server_back(struct account *);
/* Registers anew, now: our own address has changed. */
void account_renew(struct account *);
/* The flow that it is registered by is lost: the same, unless it is on its way. */
void account_flow_lost(struct account *);
/* register.c: one REGISTER; expires 0 takes the binding away. How it ended comes
 * by account_granted() or account_refused(), and in account->error. */
void register_send(struct account *, unsigned expires);
/* The Contact that it would send. -errno. */
int register_contact(const struct account *, const struct sockaddr *target,
		     char *contact, size_t size);
void register_drop(struct account *);	/* whatever comes, it is not wanted */
void register_happened(struct owner *, const struct happening *);
void account_granted(struct account *, unsigned s);
/* status: 0, no answer. */
void account_refused(struct account *, int status, unsigned retry_after);
/* A TLS connection was made: a registration whose Contact is not true any more
 * is renewed. */
void account_moved(struct account *);
/* The server cannot be reached, for a reason that is known at once. */
void account_unreachable(struct account *, const char *why);
bool account_registered(const struct account *);
const char *account_state(const struct account *);
/* s until something happens, -1: nothing will. */
int account_next(const struct account *);

/* ----------------------------------------------------------------- target */

enum target_state { TARGET_OFF, TARGET_PROBING, TARGET_REACHABLE,
		    TARGET_CHECKING, TARGET_SILENT, TARGET_RETRYING,
		    TARGET_STATES };

/* One address of a provider's server, and whether it answers OPTIONS. */
struct target {
	struct owner owner;
	struct provider *provider;
	struct sockaddr_storage at;
	unsigned rank;			/* by DNS; 0 is the best */
	uint64_t avoid_until;		/* ms; a request failed there */
	struct fsm fsm;
	nua_handle_t *nh;
	struct keepalive keepalive;	/* of the flow to there */
	char error[TLS_ERROR];
};

struct target *target_new(struct provider *, const struct sockaddr_storage *);
void target_free(struct target *);
void target_start(struct target *);
void target_stop(struct target *);
/* A request got no answer there, or one that wants us to go elsewhere: others
 * come first for a while. */
void target_failed(struct target *, unsigned avoid_s);
bool target_silent(const struct target *);
/* As account_unreachable(). */
void target_unreachable(struct target *);

/* --------------------------------------------------------------- provider */

struct provider {
	struct trunk trunk;		/* first: core knows this */
	struct list_head node;
	struct agent *agent;
	struct config_trunk *conf;	/* a copy of our own */
	struct lookup *server, *proxy;	/* proxy: NULL, none */
	struct outside *outside;	/* NULL: it sees our own address */
	struct sockaddr_storage own;	/* that it was told last, inside */
	char *accept_secret;		/* of conf->accept_user; NULL: none */
	struct access_network *accept;
	size_t accept_count;
	struct target *target[LOOKUP_MAX];	/* what we can send to */
	unsigned targets;
	struct account *account;	/* the trunk's own; always there */
	struct list_head accounts;	/* of lines */
	struct list_head subscriptions;	/* subscription.h */
	struct tls_peer tls;
	char tls_error[TLS_ERROR];	/* of the last handshake; "" none */
	bool in_box;
	unsigned legs, calls_in, calls_out, failed;
};

/* targets.c: where a call for an account may go, best first; how many. */
unsigned provider_candidates(const struct provider *, const struct account *,
			     struct sockaddr_storage at[LOOKUP_MAX]);
/* Where an account is to be registered next; NULL: no address known. */
const struct sockaddr_storage *provider_registrar(const struct provider *,
						  const struct account *);
/* The first for the trunk's own calls; NULL: no address known. */
const struct target *provider_target(const struct provider *);
/* It is silent, or no address of the server any more. */
bool provider_lost(const struct provider *, const struct sockaddr_storage *);
/* A request failed there so that the next target is to be tried. */
void provider_target_failed(struct provider *, const struct sockaddr_storage *,
			    unsigned avoid_s);
/* What a call is counted with on the trunk's max_kbit. */
void provider_set_rate(struct provider *);
/* Asks DNS soon whether there are other addresses. */
void provider_look_again(struct provider *);
/* Some target became silent, reachable, or came or went. */
void provider_target_changed(struct provider *);
/* "<sip:USER@HOST:PORT;transport=tcp>", with the address outside if there is
 * one. -errno. */
int provider_contact(struct provider *, enum sip_transport,
		     const struct sockaddr *peer, const char *user, char *buf,
		     size_t size);
void provider_outside_changed(void *provider);
/* Our address has changed. */
void provider_renew(struct provider *);
/* What is registered there is not to be reached any more (keepalive.c). */
void provider_flow_lost(struct provider *, const struct sockaddr_storage *);
/* The registrar there says how often it wants to hear of us (RFC 5626 section
 * 4.4): Flow-Timer, s; 0: it does not. */
void provider_flow_timer(struct provider *, const struct sockaddr_storage *,
			 unsigned s);
/* The look-up's callback. */
void provider_found(void *provider);
#define AVOID_SILENT_S 10
#define AVOID_503_S 30		/* without Retry-After */

void provider_each_account(struct provider *, void (*)(struct account *));
/* Works out whether calls can be made, and tells core. */
void provider_update(struct provider *);
/* By a leg's coming and going. */
void provider_leg_gone(struct provider *);
struct account *provider_account(const struct provider *, const char *line);
/* "sip:sip.example.net:5070": what our address of record ends with. */
const char *provider_domain(const struct provider *);

int providers_load(struct agent *, const struct config *, char *why, size_t size);
void providers_stop(struct agent *);
bool providers_stopped(const struct agent *);
void provider_free(struct provider *);
/* Frees it when it is draining and nothing of it lives. */
void provider_settle(struct provider *);

/* trunk_tls.c: the certificates of a trunk with TLS, and what its handshakes
 * come to. Nothing for other transports. -errno and why. */
int provider_tls_init(struct provider *, char *why, size_t size);

/* The provider that a request came from; NULL: a stranger. user: of the
 * Request-URI, tells providers behind one address apart. */
struct provider *provider_from(struct agent *, const struct sockaddr *,
			       const char *user);

/* prove.c: peers that prove who they are. proving(): some trunk's may. */
bool proving(const struct agent *);
/* gate.h's prove; arg: the agent. */
enum proof agent_prove(void *arg, const struct proof_request *,
		       const struct sockaddr *, char challenge[PROOF_CHALLENGE]);
/* The provider that a request from a stranger's address proves to come from;
 * NULL: it was answered. */
struct provider *prove_request(struct agent *, const struct happening *,
			       const struct sockaddr *from);

/* A request from there is some provider's; arg: the agent. */
bool agent_knows(void *arg, const struct sockaddr *from);

struct config_trunk *trunk_conf_copy(const struct config_trunk *);
void trunk_conf_free(struct config_trunk *);
/* Registration and targets need not be started anew. */
bool trunk_conf_same_server(const struct config_trunk *,
			    const struct config_trunk *);

/* -------------------------------------------------------------------- leg */

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
/* Ends the call from our side: core hears why, the far end gets BYE. */
void trunk_leg_fail(struct trunk_leg *, enum cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
media_event_fn trunk_leg_media;

/* The Q.850 cause in a message's Reason; none: otherwise. */
enum cause cause_told(const sip_t *, enum cause otherwise);

/* scheme.c: sips: and tel:. */
/* "sips" or "sip": of a trunk's own address and server. */
const char *scheme_of(const struct provider *);
/* provider_contact() for what is asked outside calls. */
int scheme_binding(struct provider *, const struct sockaddr *peer, const char *user,
		   char *contact, size_t size);
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

/* mwi.c: a NOTIFY outside calls and subscriptions. */
void mwi_notified(struct provider *, const struct happening *);

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
