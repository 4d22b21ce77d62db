/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * model.h - the wires between the gateway and what the PBX stands for: loss,
 * the echo of a hybrid, noise.
 *
 *   gateway ---+--- attenuation ---> the PBX hears
 *              |
 *            delay, G.168 path at ERL
 *              v
 *   gateway <--+--- attenuation ---- the PBX speaks
 *              +--- noise
 */
#ifndef PBX_MODEL_H
#define PBX_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_TAPS 128
#define MODEL_DELAY_MAX 256	/* ms */
#define MODEL_IMPEDANCES 3
#define MODEL_MISMATCH 4	/* dB */

struct model_conf {
	bool echo;
	double erl;		/* dB between what is sent and its echo, as the
				   mean over 300 to 3400 Hz */
	unsigned path;		/* 2 to 9: ITU-T G.168 (2015) annex D.2 to D.9 */
	unsigned delay_ms;	/* of the echo, beside the path's own */
	unsigned impedance;	/* of the line: what a card should be set to */
	double attenuation;	/* dB, each way */
	bool noise;
	double noise_dbm0;	/* towards the gateway, white */
};

struct model;

struct model *model_new(void);	/* a perfect wire; NULL: no memory */
void model_free(struct model *);
/* 0 or -EINVAL: out of range. */
int model_set(struct model *, const struct model_conf *);
void model_conf(const struct model *, struct model_conf *);
void model_init_conf(struct model_conf *);

/* What the gateway's card is set to. erl is that of the right setting; each
 * step beside it, the echo is MODEL_MISMATCH dB stronger. */
void model_meets(struct model *, unsigned setting);

/* n samples: what the gateway sent becomes what the PBX hears, what the PBX
 * says becomes what the gateway gets; in place. */
void model_run(struct model *, int16_t *from_gateway, int16_t *to_gateway, size_t n);

#endif
