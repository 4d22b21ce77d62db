/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* echo_peers.h - other people's cancellers, for comparison. */
#ifndef BENCH_ECHO_PEERS_H
#define BENCH_ECHO_PEERS_H

#include "echo_lab.h"

/* Debian's build prints two lines to standard output for every sample. */
extern const struct lab_canceller lab_spandsp;
/* The multi-delay block filter; make is NULL when built without speexdsp. */
extern const struct lab_canceller lab_speexdsp;

#endif
