/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/hcc_models.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { VERSION_ESRD = 21, VERSION_RX_MAX = 8 };

void hcc_model_set(struct hcc_model *model, enum hcc_family family, unsigned version)
{
	static const char *const names[] = {
	        [HCC_CMS] = "CMS-HCC", [HCC_ESRD] = "CMS-HCC ESRD", [HCC_RX] = "RxHCC"};

	model->family = family;
	model->version = (uint8_t)version;
	snprintf(model->name, sizeof(model->name), "%s V%02u", names[family], version % 100);
}

/* The two digits behind a letter, -1 for none. */
static int version_of(const char *text, size_t size)
{
	if (size < 3 || !isalpha((unsigned char)text[0]) || !isdigit((unsigned char)text[1]) ||
	        !isdigit((unsigned char)text[2]))
		return -1;
	return (text[1] - '0') * 10 + text[2] - '0';
}

bool hcc_model_of_words(struct cell domain, struct cell version, struct hcc_model *model)
{
	enum hcc_family family = HCC_CMS;
	int number = version_of(version.text, version.size);

	if (number < 0 || version.size != 3)
		return false;
	if (cell_begins(domain, "RxHCC"))
		family = HCC_RX;
	else if (cell_begins(domain, "ESRD") || cell_begins(domain, "CMS-HCC ESRD"))
		family = HCC_ESRD;
	else if (!cell_begins(domain, "CMS-HCC"))
		return false;
	hcc_model_set(model, family, (unsigned)number);
	return true;
}

bool hcc_model_of_name(const char *name, struct hcc_model *model)
{
	int letter = toupper((unsigned char)name[0]), number = version_of(name, strlen(name));
	enum hcc_family family = HCC_CMS;

	if (number < 0 || !strchr("FVER", letter))
		return false;
	if (letter == 'R' || number <= VERSION_RX_MAX)
		family = HCC_RX;
	else if (letter == 'E' || number == VERSION_ESRD)
		family = HCC_ESRD;
	hcc_model_set(model, family, (unsigned)number);
	return true;
}
