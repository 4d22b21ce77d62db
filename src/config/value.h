/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * value.h - setters for the kinds of values there are. Which field, which range
 * and which words stands in the key's row of schema.c.
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config/loader.h"

/* value.c: the field's type */
key_set_fn set_text;		/* const char *, judged by key->check */
key_set_fn set_path;		/* const char *, from the file's directory */
key_set_fn set_bool;		/* bool */
key_set_fn set_number;		/* any integer, by key->size */
key_set_fn set_word;		/* an enum of key->words */
key_set_fn set_texts;		/* const char ** and size_t, key->check */
key_set_fn set_section;		/* a group; field: its object */
key_set_fn set_list;		/* array of key->section's structs and size_t */

/* value_line.c: field is the struct config_line */
key_set_fn set_gain;		/* int16_t, 0.1 dB */
key_set_fn set_dial;
key_set_fn set_answer;
key_set_fn set_echo;

/* value_call.c: struct tone */
key_set_fn set_tone;

/* value_net.c */
key_set_fn set_listen;		/* struct config_listen * and size_t */
key_set_fn set_address;		/* struct sockaddr_storage */
key_set_fn set_range;		/* two uint16_t, one behind the other */
key_set_fn set_digests;	/* enum digest_kind[] and size_t */
key_set_fn set_codecs;		/* enum codec[] and size_t */

/* value_call.c */
key_set_fn set_country;		/* struct country */
key_set_fn set_tones;		/* struct country */
key_set_fn set_timers;		/* uint32_t[TIMER_COUNT] */
key_set_fn set_end;		/* struct route_end */
key_set_fn set_ends;		/* struct route_end[] and size_t */
key_set_fn set_mwi;		/* field: unsigned, of enum line_mwi */
key_set_fn set_cadence;		/* field: struct cadence */
key_set_fn set_next_on;		/* field: next_on of struct config_route */
key_set_fn set_weights;		/* uint16_t[] and size_t */
key_set_fn set_reject;		/* field: struct config_route */

extern const char *const tone_names[TONE_COUNT];	/* keys of tones */

/* text_check.c */
text_check_fn check_name;	/* of a line, trunk or group */
text_check_fn check_number;	/* a telephone number */
text_check_fn check_emergency;	/* digits */
text_check_fn check_dialled;	/* digits, w; may be empty */
text_check_fn check_pin;	/* digits */
text_check_fn check_code;	/* "*98" or "" */
text_check_fn check_prefix;	/* digits, + and * # or nothing */
text_check_fn check_host;	/* name or address */
text_check_fn check_proxy;	/* host[:port] */
text_check_fn check_network;	/* address or address/bits */
text_check_fn check_public;	/* our address beyond a NAT */
text_check_fn check_address;	/* an address */
text_check_fn check_map;	/* digit map */
text_check_fn check_port;	/* driver/address */
text_check_fn check_span_port;	/* driver/span/address */
text_check_fn check_user;	/* user part of a SIP address */
text_check_fn check_realm;	/* of Digest, 1 to 64 bytes */
text_check_fn check_line_of_text;

/* The text of a string, else NULL and an error. */
const char *value_text(struct loader *, const struct key *, const config_setting_t *);
/* A whole number as it was written, else false and an error. */
bool value_number(struct loader *, const struct key *, const config_setting_t *,
		  long least, long most, long *value);
/* "KEY must be SHAPE, not VALUE". */
void value_wrong(struct loader *, const struct key *, const config_setting_t *);
/* How a value is called in such a sentence. Returns buffer. */
const char *value_shown(const config_setting_t *, char *buffer, size_t size);
/* Elements of a list or array whose length is in the key's range; NULL and an
 * error else. A single string counts as a list of one. */
const config_setting_t *value_element(const config_setting_t *, size_t i);
bool value_elements(struct loader *, const struct key *, const config_setting_t *,
		    size_t *count);
/* Unknown name in a group: error with a suggestion out of these. */
void unknown_name(struct loader *, const config_setting_t *, const char *where,
		  const char *(*word)(const void *, size_t), const void *list,
		  size_t count);

#endif
