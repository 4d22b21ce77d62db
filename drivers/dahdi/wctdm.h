/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * wctdm.h - requests that only drivers of analog cards know (wctdm, wctdm24xxp,
 * wcaxx; the last one also xpp). Their header is not installed with DAHDI's.
 */
#ifndef DRIVERS_DAHDI_WCTDM_H
#define DRIVERS_DAHDI_WCTDM_H

#include <dahdi/user.h>
#include <stdint.h>

/* mV against ground; an FXO port tells its line's voltage three times. */
struct wctdm_stats {
	int32_t tip, ring, battery;
};

/* The chip's registers: Si3210 (FXS), Si3050 (FXO). */
struct wctdm_regs {
	uint8_t direct[109];
	uint16_t indirect[105];
};

/* Si3050: the AC impedance (register 30) and the hybrid's filter (45 to 52). */
struct wctdm_echo_coefs {
	uint8_t acim, filter[8];
};

#define WCTDM_GET_STATS _IOR(DAHDI_CODE, 60, struct wctdm_stats)
#define WCTDM_GET_REGS _IOR(DAHDI_CODE, 61, struct wctdm_regs)
#define WCTDM_SET_ECHOTUNE _IOW(DAHDI_CODE, 63, struct wctdm_echo_coefs)

#endif
