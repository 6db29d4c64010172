/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/templates.h"

#include <strings.h>

/* How most tables are given; lookup/payer.def has their columns. */
#define OWN_TABLE(name) "--table " name "=FILE"

static const struct rule_template templates[] = {
        {
                "age_sex_classes",
                "Ages and sexes that diagnoses and procedures are for, beside the code sets' own. "
                "system "
                "is icd10cm or procedure; ages are whole years, dates inclusive, blank is open. "
                "Read by CLN-03 and CLN-04.",
                OWN_TABLE("age_sex_classes"),
                "system,code,age_from,age_to,sex,from,to",
                "icd10cm,O80,9,64,female,2019-10-01,\n"
                "procedure,99381,0,0,,,\n",
        },
        {
                "carc_groups",
                "Reasons of denial (CARCs) that say much the same: STA-11 compares providers by "
                "group; the name of a group is the measure's.",
                OWN_TABLE("carc_groups"),
                "group,carcs",
                "denied_duplicate,18\n"
                "denied_bundling,97 231 234 236\n",
        },
        {
                "coverage",
                "What diagnoses procedures are covered for. covered is 1 where the diagnosis "
                "supports, 0 where it excludes; a category covers what begins with it. Groups of "
                "a policy all hold, of a group one diagnosis is enough; state is the provider's. "
                "Read by CLN-01.",
                OWN_TABLE("coverage"),
                "code,diagnosis,covered,policy,group,state,from,to",
                "82306,E55,1,Vitamin D,1,,2023-01-01,\n"
                "82306,Z00.00,0,Vitamin D,,,2023-01-01,\n"
                "97597,L97,1,Wounds,1,OH,2023-01-01,\n"
                "97597,I87.2,1,Wounds,2,OH,2023-01-01,\n",
        },
        {
                "descriptions",
                "A licensee's own texts of procedure codes, shown beside the codes of providers. "
                "They stay in the run.",
                "--descriptions FILE, or --table descriptions=FILE",
                "code,description",
                "99213,Office visit of an established patient\n"
                "G0438,Annual wellness visit\n",
        },
        {
                "dispositions",
                "What reviewers decided on findings: the input of claimscan calibrate. decision "
                "is confirmed, partial, cleared or open (passed over); claim and line are blank "
                "for a measure of a provider. Of several decisions on one unit the latest by "
                "date stands.",
                "claimscan calibrate dispositions.csv",
                "npi,id_kind,rule,measure,claim_id,line,decision,dollars_flagged,"
                "dollars_recovered,date",
                "1003000126,npi,NCC-04,,C0001,1,confirmed,150.00,120.00,2024-05-02\n"
                "1003000126,npi,MOD-04,,C0002,3,cleared,80.00,0.00,2024-05-02\n"
                "1003000134,npi,EM-01,office_est,,,partial,9074.00,4100.00,2024-06-11\n",
        },
        {
                "drg_families",
                "Base DRGs that are split by severity: their DRGs with a CC or an MCC, and those "
                "without. Read by INP-01.",
                OWN_TABLE("drg_families"),
                "family,type,with_drgs,without_drgs",
                "291,medical,291 292,293\n"
                "469,surgical,469,470\n",
        },
        {
                "drg_targets",
                "DRG groups whose share a provider's stays are compared on: the numerator's DRGs "
                "out of the denominator's. Read by INP-02.",
                OWN_TABLE("drg_targets"),
                "target,numerator_drgs,denominator_drgs,direction",
                "septicemia,870 871 872,689 690 870 871 872,high\n"
                "simple_pneumonia,193 194,190 191 192 193 194 195,high\n",
        },
        {
                "frequency_limits",
                "How often a service may be given: at most limit times in days. Read by CLN-02.",
                OWN_TABLE("frequency_limits"),
                "code,limit,days,per,from,to",
                "G0438,1,36500,beneficiary,,\n"
                "77067,1,335,beneficiary,,\n",
        },
        {
                "map",
                "How the columns of a file are called, or where they stand: a line a field, the "
                "canonical name first. delimiter is comma, tab, pipe or semicolon; with header = "
                "no a column is its position from 1.",
                "--map FILE",
                "canonical_name = column of the file",
                "claim_id = ClaimNo\n"
                "rendering_npi = \"Provider NPI\"\n"
                "delimiter = pipe\n",
        },
        {
                "members",
                "The people covered. A value on the claim line wins; what is missing there is "
                "taken from here. Read by VAL-06, CLN-03, CLN-04, TIM-04.",
                "--members FILE",
                "person_id,birth_date,sex,death_date,state,zip,coverage_start,coverage_end",
                "P0001,1948-02-29,female,,OH,43004,2019-01-01,\n"
                "P0002,1931-07-04,male,2024-03-15,OH,43004,2015-01-01,2024-03-15\n",
        },
        {
                "once_in_lifetime",
                "Procedures that a body allows once, or once a side. Read by CLN-07.",
                OWN_TABLE("once_in_lifetime"),
                "code,group,per_side",
                "58150,hysterectomy,0\n"
                "27447,knee_replacement,1\n",
        },
        {
                "ownership",
                "Who owns which provider (an NPI or a CCN), for groups that bill as one. "
                "Read by GLO-03.",
                OWN_TABLE("ownership"),
                "npi,owner_id,owner_name,share,from,to",
                "1003000126,O1,Example Holding,100,2020-01-01,\n",
        },
        {
                "panels",
                "Laboratory panels and the tests in them. Read by NCC-08.",
                OWN_TABLE("panels"),
                "panel,component",
                "80061,82465\n"
                "80061,83718\n"
                "80061,84478\n",
        },
        {
                "payer_codes",
                "A payer's own procedure codes, known and in force between the dates. Read by "
                "VAL-04.",
                OWN_TABLE("payer_codes"),
                "code,from,to",
                "X9001,2023-01-01,\n",
        },
        {
                "payer_modifiers",
                "A payer's own modifiers. Read by VAL-05.",
                OWN_TABLE("payer_modifiers"),
                "modifier,from,to",
                "ZZ,2023-01-01,\n",
        },
        {
                "peer_groups",
                "Peer groups of your own: a provider named here is compared with the others of "
                "its group and with nobody else; all others are grouped by specialty, entity type, "
                "setting and region. At most 31 characters a name.",
                OWN_TABLE("peer_groups"),
                "npi,peer_group",
                "1003000126,wound clinics\n"
                "1003000134,wound clinics\n",
        },
        {
                "placeholders",
                "Ids that stand for no provider. They key no provider and join nothing. Read by "
                "VAL-07, PRV-01. The rows are the shipped default.",
                OWN_TABLE("placeholders"),
                "npi",
                "0000000000\n1111111111\n2222222222\n3333333333\n4444444444\n5555555555\n"
                "6666666666\n7777777777\n8888888888\n9999999999\n1234567890\n",
        },
        {
                "pos_allowed",
                "Places where a service may be given. Read by TIM-06.",
                OWN_TABLE("pos_allowed"),
                "code_from,code_to,pos",
                "99281,99285,23\n"
                "99221,99223,21\n",
        },
        {
                "precision_weights",
                "How often a finding of a rule proves right, and how much of its dollars comes "
                "back: what claimscan calibrate learns, and from how many decisions. A row of a "
                "rule stands over that of its severity. The rows are the shipped default; the "
                "last two columns may be missing. Read for dollars_expected and score.",
                OWN_TABLE("precision_weights"),
                "rule,severity,precision,recoverable,reviewed,confirmed",
                ",high,0.6,1,,\n,medium,0.3,1,,\n,low,0.1,1,,\n,info,0,1,,\n",
        },
        {
                "providers",
                "The providers. Specialty and state from here stand over those of the lines. Read "
                "for peer groups, settings, and same-group tests.",
                "--providers FILE",
                "npi,entity_type,specialty_code,taxonomy_code,state,zip,tin,ccn,teaching",
                "1003000126,1,08,207Q00000X,OH,43004,123456789,,0\n",
        },
        {
                "specialty_packs",
                "What a specialty is measured by: lines of some codes by lines of others, or by "
                "beneficiaries where denominator_codes is blank, beside peers of the specialties "
                "(blank: all). Lists have blanks between. Judged by STA-06. The rows are beside "
                "the shipped default, not instead of it.",
                OWN_TABLE("specialty_packs"),
                "pack,measure,specialties,numerator_codes,denominator_codes",
                "dermatology,destructions_per_visit,07,17000 17003 17004,99212 99213 99214\n"
                "dermatology,mohs_per_patient,07,17311 17313,\n",
        },
        {
                "telehealth",
                "Codes that may be given by telehealth on the dates; audio_only is 1 where sound "
                "alone will do. Given, it is the whole list; the rows are a beginning. Read by "
                "TIM-07.",
                OWN_TABLE("telehealth"),
                "code,audio_only,from,to",
                "90791,1,,\n90832,1,,\n90834,1,,\n90837,1,,\n90846,1,,\n90847,1,,\n"
                "96116,1,,\n97802,1,,\n97803,1,,\n99202,0,,2024-12-31\n99202,1,2025-01-01,\n"
                "99203,0,,2024-12-31\n99203,1,2025-01-01,\n99204,0,,2024-12-31\n"
                "99204,1,2025-01-01,\n99205,0,,2024-12-31\n99205,1,2025-01-01,\n"
                "99211,0,,2024-12-31\n99211,1,2025-01-01,\n99212,0,,2024-12-31\n"
                "99212,1,2025-01-01,\n99213,0,,2024-12-31\n99213,1,2025-01-01,\n"
                "99214,0,,2024-12-31\n99214,1,2025-01-01,\n99215,0,,2024-12-31\n"
                "99215,1,2025-01-01,\n99231,0,,\n99232,0,,\n99233,0,,\n99406,1,,\n"
                "99407,1,,\n99441,1,2020-03-01,2024-12-31\n99442,1,2020-03-01,2024-12-31\n"
                "99443,1,2020-03-01,2024-12-31\n99497,1,,\nG0108,1,,\nG0109,1,,\nG0270,1,,\n"
                "G0406,0,,\nG0407,0,,\nG0408,0,,\nG0425,0,,\nG0426,0,,\nG0427,0,,\n"
                "G0438,1,2020-03-01,\nG0439,1,2020-03-01,\n",
        },
};

size_t templates_count(void)
{
	return sizeof(templates) / sizeof(templates[0]);
}

const struct rule_template *template_at(size_t index)
{
	return &templates[index];
}

const struct rule_template *template_find(const char *name)
{
	for (size_t t = 0; t < templates_count(); t++)
		if (strcasecmp(templates[t].name, name) == 0)
			return &templates[t];
	return NULL;
}
