/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Risk-adjustment models, as the files that name them do.
 */
#ifndef LOOKUP_HCC_MODELS_H
#define LOOKUP_HCC_MODELS_H

#include "lookup/release.h"
#include "lookup/rows_icd.h"

struct hcc_model {
	enum hcc_family family;
	uint8_t version;
	char name[24]; /* "CMS-HCC V28", "CMS-HCC ESRD V24", "RxHCC V08" */
};

void hcc_model_set(struct hcc_model *model, enum hcc_family family, unsigned version);

/* "CMS-HCC ESRD Model V24", or a domain and version ("RxHCC", "R08"); false: it is none. */
bool hcc_model_of_words(struct cell domain, struct cell version, struct hcc_model *model);

/*
 * The name of a format or of a hierarchy: F2824T1N, V28115H1, R08X84H1; a letter and
 * the version.  Version 5 and 8 are of RxHCC, 21 is of ESRD, as is the letter E.
 */
bool hcc_model_of_name(const char *name, struct hcc_model *model);

#endif
