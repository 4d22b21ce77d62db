noinst_LIBRARIES += libsip.a
libsip_a_SOURCES = src/sip/access.c src/sip/access.h \
	src/sip/account.c src/sip/alert.c src/sip/alert.h src/sip/agent.c src/sip/agent.h \
	src/sip/body.c src/sip/body.h \
	src/sip/attackers.c src/sip/attackers.h \
	src/sip/cause_map.c src/sip/cause_map.h \
	src/sip/connections.c src/sip/connections.h \
	src/sip/digest.c src/sip/digest.h \
	src/sip/digest_hash.c src/sip/digest_hash.h \
	src/sip/gate.c src/sip/gate.h src/sip/glance.c src/sip/glance.h \
	src/sip/flood.c src/sip/flood.h \
	src/sip/flow.c src/sip/flow.h src/sip/framing.c src/sip/framing.h \
	src/sip/keepalive.c src/sip/keepalive.h \
	src/sip/guards.c src/sip/guards.h \
	src/sip/diversion.c src/sip/diversion.h \
	src/sip/identity.c src/sip/identity.h src/sip/identity_write.c \
	src/sip/internal.h src/sip/listen.c src/sip/listen.h \
	src/sip/leg.c src/sip/leg.h src/sip/leg_dialog.c src/sip/leg_fork.c src/sip/leg_in.c \
	src/sip/leg_out.c src/sip/leg_party.c src/sip/leg_redirect.c \
	src/sip/leg_refer.c src/sip/leg_hand_over.c src/sip/hand_over.h \
	src/sip/leg_sdp.c \
	src/sip/session_timer.c \
	src/sip/lookup.c src/sip/lookup.h src/sip/resolver.c src/sip/resolver.h \
	src/sip/loop_su.c src/sip/loop_su.h \
	src/sip/mwi.c src/sip/offer.c src/sip/offer.h src/sip/offer_crypto.c \
	src/sip/nonce.c src/sip/nonce.h src/sip/proof.c src/sip/proof.h \
	src/sip/prove.c \
	src/sip/offer_parse.c src/sip/outside.c src/sip/outside.h \
	src/sip/own_address.c src/sip/stun.c src/sip/stun.h \
	src/sip/register.c src/sip/registration.c src/sip/requests.c src/sip/response.c \
	src/sip/target.c src/sip/targets.c \
	src/sip/tls.c src/sip/tls.h src/sip/tls_guard.c src/sip/tls_guard.h \
	src/sip/tls_name.c src/sip/tls_words.c \
	src/sip/trunk.c src/sip/trunk_conf.c src/sip/trunk_show.c \
	src/sip/again.h src/sip/mailboxes.c src/sip/subscribe.c \
	src/sip/subscription.c src/sip/subscription.h \
	src/sip/stream.c src/sip/stream.h src/sip/turns.c \
	src/sip/scheme.c src/sip/trunk_tls.c src/sip/way_out.c
# Every program with libsip.a in it: the guards work only when the SIP library
# finds them in the program.
guard_ldflags = -Wl,--export-dynamic-symbol=su_getaddrinfo \
	-Wl,--export-dynamic-symbol=su_vrecv -Wl,--export-dynamic-symbol=su_vsend \
	-Wl,--export-dynamic-symbol=nta_agent_create \
	-Wl,--export-dynamic-symbol=msg_header_free \
	-Wl,--export-dynamic-symbol=tport_primary_by_name \
	-Wl,--export-dynamic-symbol=accept -Wl,--export-dynamic-symbol=connect \
	-Wl,--export-dynamic-symbol=epoll_wait \
	-Wl,--export-dynamic-symbol=epoll_ctl \
	-Wl,--export-dynamic-symbol=su_soerror \
	-Wl,--export-dynamic-symbol=sres_resolver_receive \
	-Wl,--export-dynamic-symbol=sres_resolver_update \
	-Wl,--export-dynamic-symbol=sres_query \
	-Wl,--export-dynamic-symbol=sip_response_terminates_dialog \
	-Wl,--export-dynamic-symbol=auc_challenge \
	-Wl,--export-dynamic-symbol=SSL_CTX_use_certificate_file \
	-Wl,--export-dynamic-symbol=SSL_CTX_set_cipher_list \
	-Wl,--export-dynamic-symbol=X509_get_ext_count \
	-Wl,--export-dynamic-symbol=SSL_new -Wl,--export-dynamic-symbol=SSL_connect \
	-Wl,--export-dynamic-symbol=SSL_accept -Wl,--export-dynamic-symbol=SSL_read \
	-Wl,--export-dynamic-symbol=SSL_write \
	-Wl,--export-dynamic-symbol=SSL_shutdown -Wl,--export-dynamic-symbol=BIO_free
