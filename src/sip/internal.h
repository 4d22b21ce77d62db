/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * internal.h - what the files of this room share: the agent, its providers (a
 * configured trunk each) and their accounts; leg.h has the calls.
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
struct proving;
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
	/* What it proves itself with; a request whose challenge that does not answer
	 * is refused. NULL: it waits, in any case, for response_proven(). */
	void (*proving)(struct owner *, struct proving *);
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

/* response.c: whose password answers a challenge. */
struct proving {
	const char *user, *secret, *realm;
};
bool response_challenges(const struct happening *);
/* A challenge, the first of those counted: the request is said again with proof. A
 * second one means that it was not liked; new nonces the library answers by itself. */
bool response_proven(const struct happening *, const struct proving *, unsigned *times);
/* The library has tried again by itself, with the longer time that a 423 wanted: s;
 * 0: it is something else. */
unsigned response_least(const struct happening *);

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
	bool answered;			/* OPTIONS, ever */
	struct keepalive keepalive;	/* of the flow to there */
	char error[TLS_ERROR];
	char tls_error[TLS_ERROR];	/* of the last connection; "" none */
	bool tls_refused;		/* ... behind its handshake */
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
/* scheme.c: provider_contact() for what is asked outside calls. */
int scheme_binding(struct provider *, const struct sockaddr *peer, const char *user,
		   char *contact, size_t size);
/* "sips" or "sip": of a trunk's own address and server. */
const char *scheme_of(const struct provider *);
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

/* mwi.c: a NOTIFY outside calls and subscriptions. */
void mwi_notified(struct provider *, const struct happening *);

#endif
