/* SPDX-License-Identifier: Apache-2.0 */
#include "gen_tables.h"

#include <assert.h>
#include <string.h>

/* code, group, flags, most units, price */
#define S(code, group, flags, units, price) \
	{ \
		code, 0, group, (flags), units, price \
	}
/* revenue code, code, group, most units, price */
#define R(revenue, code, group, units, price) \
	{ \
		code, revenue, group, 0, units, price \
	}
#define ANY(code) \
	{ \
		code, GEN_ANY_SEX, 0, 255, 0 \
	}
#define ADULT(code) \
	{ \
		code, GEN_ANY_SEX, 18, 255, 0 \
	}
#define CHILD(code) \
	{ \
		code, GEN_ANY_SEX, 1, 17, 0 \
	}
#define MAN(code) \
	{ \
		code, GEN_MALE, 18, 255, 0 \
	}
#define WOMAN(code) \
	{ \
		code, GEN_FEMALE, 18, 255, 0 \
	}
#define MOTHER(code) \
	{ \
		code, GEN_FEMALE, 16, 45, 0 \
	}
#define ANY_RIGHT(code) \
	{ \
		code, GEN_ANY_SEX, 0, 255, 'R' \
	}
#define ANY_LEFT(code) \
	{ \
		code, GEN_ANY_SEX, 0, 255, 'L' \
	}
#define ADULT_RIGHT(code) \
	{ \
		code, GEN_ANY_SEX, 18, 255, 'R' \
	}
#define ADULT_LEFT(code) \
	{ \
		code, GEN_ANY_SEX, 18, 255, 'L' \
	}
#define WOMAN_RIGHT(code) \
	{ \
		code, GEN_FEMALE, 18, 255, 'R' \
	}

enum {
	P25 = GEN_PROCEDURE,
	OP90 = GEN_PROCEDURE | GEN_MAJOR,
	PC = GEN_READING | GEN_FACILITY,
	FAC = GEN_FACILITY,
	SIDE = GEN_SIDE,
	PAIR = GEN_PAIRED,
	SECOND = GEN_SECOND,
	ONLY = GEN_FACILITY_ONLY,
	TEN = GEN_PROCEDURE | GEN_TEN_DAYS,
	SITES = GEN_SITES,
	ONCE = GEN_ONCE,
};

static const struct gen_service primary[] = {
        S("36415", 0, 0, 1, 18),
        S("80053", 1, 0, 1, 62),
        S("85025", 0, 0, 1, 41),
        S("83036", 0, 0, 1, 48),
        S("80061", 0, 0, 1, 68),
        S("90471", 2, P25 | PAIR, 1, 38),
        S("90686", 0, SECOND, 1, 34),
        S("84443", 0, 0, 1, 78),
        S("81003", 0, 0, 1, 15),
        S("93000", 3, P25, 1, 55),
        S("87880", 0, 0, 1, 35),
        S("96372", 3, P25 | PAIR, 1, 45),
        S("J3420", 0, SECOND, 1, 12),
        S("82306", 0, 0, 1, 110),
        S("20610", 3, P25 | SIDE, 1, 160),
        S("71046", 0, PC, 1, 95),
        S("94010", 0, P25 | PC, 1, 85),
        S("69210", 3, P25, 1, 95),
        S("87804", 0, 0, 1, 42),
        S("82043", 0, 0, 1, 30),
        S("96372", 3, P25 | PAIR, 1, 45),
        S("J1885", 0, SECOND, 4, 14),
};

static const struct gen_service cardiology[] = {
        S("93000", 1, P25, 1, 70),
        S("93306", 2, P25 | PC, 1, 820),
        S("93010", 1, P25 | FAC, 1, 32),
        S("93880", 2, P25 | PC, 1, 540),
        S("93015", 1, P25, 1, 320),
        S("78452", 2, P25 | PC, 1, 1400),
        S("80061", 0, 0, 1, 70),
        S("85610", 0, 0, 1, 20),
        S("93458", 1, P25 | PC | ONLY, 1, 2600),
        S("36415", 0, 0, 1, 20),
};

static const struct gen_service dermatology[] = {
        S("17110", 1, TEN | SITES, 1, 190),
        S("11102", 0, SECOND, 1, 180),
        S("17000", 1, TEN, 1, 130),
        S("11102", 1, P25, 1, 180),
        S("11104", 1, P25, 1, 310),
        S("11900", 1, P25, 1, 120),
        S("12001", 1, P25, 1, 210),
};

static const struct gen_service gastroenterology[] = {
        S("45378", 1, P25 | FAC | ONLY, 1, 900),
        S("43239", 1, P25 | FAC | ONLY, 1, 950),
        S("45385", 1, P25 | FAC | ONLY, 1, 1200),
        S("45380", 1, P25 | FAC | ONLY, 1, 1100),
        S("83013", 0, 0, 1, 120),
        S("36415", 0, 0, 1, 18),
        S("80076", 0, 0, 1, 45),
};

static const struct gen_service neurology[] = {
        S("95816", 1, P25 | PC, 1, 560),
        S("95819", 1, P25 | PC, 1, 620),
        S("36415", 0, 0, 1, 18),
        S("64615", 1, TEN, 1, 380),
};

static const struct gen_service orthopedics[] = {
        S("20610", 1, P25 | SIDE, 1, 190),
        S("73562", 0, PC | SIDE, 1, 90),
        S("73030", 0, PC | SIDE, 1, 85),
        S("73630", 0, PC | SIDE, 1, 80),
        S("27447", 1, OP90 | FAC | ONLY | SIDE, 1, 4200),
        S("29881", 1, OP90 | FAC | ONLY | SIDE, 1, 2900),
        S("29827", 1, OP90 | FAC | ONLY | SIDE, 1, 3600),
        S("72100", 0, PC, 1, 95),
        S("20605", 1, P25 | SIDE, 1, 150),
        S("27130", 1, OP90 | FAC | ONLY | SIDE, 1, 4300),
};

static const struct gen_service ophthalmology[] = {
        S("92014", 1, 0, 1, 190),
        S("92134", 2, PC, 1, 95),
        S("92083", 2, PC, 1, 120),
        S("92012", 1, 0, 1, 140),
        S("66984", 1, GEN_MAJOR | ONCE | FAC | ONLY | SIDE, 1, 2600),
        S("92250", 2, PC, 1, 110),
};

static const struct gen_service gynecology[] = {
        S("76830", 1, PC, 1, 310),
        S("81025", 0, 0, 1, 18),
        S("58100", 1, P25, 1, 280),
        S("76856", 1, PC, 1, 290),
        S("87491", 0, 0, 1, 75),
        S("87591", 0, 0, 1, 75),
        S("58558", 1, P25 | FAC | ONLY, 1, 1600),
        S("36415", 0, 0, 1, 18),
};

static const struct gen_service urology[] = {
        S("81003", 0, 0, 1, 16),
        S("51798", 0, P25, 1, 60),
        S("52000", 1, P25 | FAC, 1, 620),
        S("84153", 0, 0, 1, 58),
        S("36415", 0, 0, 1, 18),
        S("51702", 1, P25 | FAC, 1, 180),
};

static const struct gen_service pulmonology[] = {
        S("94060", 1, P25 | PC, 1, 140),
        S("94726", 1, P25 | PC | PAIR, 1, 160),
        S("94729", 0, PC | SECOND | GEN_ADD_ON, 1, 110),
        S("71046", 0, PC, 1, 95),
        S("94010", 1, P25 | PC, 1, 85),
        S("31622", 1, P25 | FAC | ONLY, 1, 980),
};

static const struct gen_service oncology[] = {
        S("96413", 1, P25, 1, 420),
        S("85025", 0, 0, 1, 40),
        S("80053", 0, 0, 1, 60),
        S("J9271", 0, 0, 200, 78),
        S("36415", 0, 0, 1, 18),
        S("J1100", 0, 0, 10, 2),
        S("82378", 0, 0, 1, 85),
        S("J9305", 0, 0, 50, 40),
};

static const struct gen_service podiatry[] = {
        S("11721", 1, P25, 1, 75),
        S("11720", 1, P25, 1, 55),
        S("11042", 1, P25, 1, 210),
        S("11730", 1, P25, 1, 160),
        S("73630", 0, PC | SIDE, 1, 80),
        S("20550", 1, P25, 1, 110),
};

static const struct gen_service surgery[] = {
        S("47562", 1, OP90 | ONCE | FAC | ONLY, 1, 2800),
        S("49505", 1, OP90 | FAC | ONLY | SIDE, 1, 2200),
        S("12001", 1, P25, 1, 220),
        S("19083", 1, P25 | FAC | SIDE, 1, 1500),
        S("44970", 1, OP90 | ONCE | FAC | ONLY, 1, 2600),
        S("11104", 1, P25, 1, 320),
};

static const struct gen_service nephrology[] = {
        S("36415", 0, 0, 1, 18),
        S("80069", 1, 0, 1, 45),
        S("82043", 0, 0, 1, 30),
        S("83970", 0, 0, 1, 95),
        S("81003", 0, 0, 1, 15),
        S("85025", 0, 0, 1, 40),
        S("90935", 1, P25 | FAC | ONLY, 1, 140),
        S("82728", 0, 0, 1, 36),
};

static const struct gen_service endocrinology[] = {
        S("83036", 0, 0, 1, 48),
        S("36415", 0, 0, 1, 18),
        S("84443", 0, 0, 1, 78),
        S("80061", 0, 0, 1, 68),
        S("95251", 0, P25, 1, 90),
        S("84439", 0, 0, 1, 42),
        S("76536", 0, PC, 1, 260),
        S("80053", 0, 0, 1, 60),
};

static const struct gen_service rheumatology[] = {
        S("36415", 0, 0, 1, 18),
        S("85652", 0, 0, 1, 16),
        S("86140", 0, 0, 1, 28),
        S("80053", 0, 0, 1, 60),
        S("86038", 0, 0, 1, 65),
        S("20610", 1, P25 | SIDE, 1, 180),
        S("J1745", 0, 0, 60, 95),
};

static const struct gen_service ear_nose_throat[] = {
        S("31231", 1, P25 | FAC, 1, 420),
        S("69210", 1, P25, 1, 95),
        S("92557", 1, P25, 1, 90),
        S("31575", 1, P25 | FAC, 1, 340),
        S("92567", 1, P25, 1, 40),
        S("42820", 1, OP90 | ONCE | FAC | ONLY, 1, 1100),
};

static const struct gen_service allergy[] = {
        S("95117", 1, P25, 1, 32),
        S("95004", 1, P25, 60, 9),
        S("95165", 1, P25, 10, 22),
        S("94010", 1, P25 | PC, 1, 85),
        S("95024", 1, P25, 15, 14),
};

static const struct gen_service pediatrics[] = {
        S("90471", 2, P25 | PAIR, 1, 38),
        S("90686", 0, SECOND, 1, 34),
        S("87880", 0, 0, 1, 35),
        S("87804", 0, 0, 1, 42),
        S("81003", 0, 0, 1, 15),
        S("85018", 0, 0, 1, 14),
        S("85014", 0, 0, 1, 12),
        S("87807", 0, 0, 1, 40),
};

static const struct gen_service emergency[] = {
        S("93010", 1, P25 | FAC, 1, 38),
        S("12001", 1, P25 | FAC, 1, 340),
        S("31500", 1, P25 | FAC, 1, 460),
        S("12001", 1, P25 | FAC, 1, 280),
        S("76705", 1, P25 | PC, 1, 300),
};

static const struct gen_service laboratory[] = {
        S("80053", 1, 0, 1, 55),
        S("85025", 0, 0, 1, 38),
        S("80061", 0, 0, 1, 62),
        S("83036", 0, 0, 1, 44),
        S("84443", 0, 0, 1, 72),
        S("82306", 0, 0, 1, 105),
        S("81001", 0, 0, 1, 16),
        S("87086", 0, 0, 1, 42),
        S("80048", 1, 0, 1, 40),
        S("82607", 0, 0, 1, 56),
        S("84153", 0, 0, 1, 58),
        S("82728", 0, 0, 1, 52),
        S("85610", 0, 0, 1, 18),
        S("87591", 0, 0, 1, 78),
        S("86803", 0, 0, 1, 60),
        S("82570", 0, 0, 1, 26),
        S("83540", 0, 0, 1, 30),
        S("86140", 0, 0, 1, 26),
};

static const struct gen_service imaging[] = {
        S("71046", 1, PC, 1, 110),
        S("77067", 2, PC, 1, 320),
        S("74177", 1, PC, 1, 1500),
        S("70450", 3, PC, 1, 780),
        S("73562", 4, PC | SIDE, 1, 95),
        S("76700", 5, PC, 1, 380),
        S("72148", 6, PC, 1, 1300),
        S("70553", 3, PC, 1, 2200),
        S("71260", 1, PC, 1, 1100),
        S("76536", 5, PC, 1, 290),
        S("77080", 2, PC | GEN_RARE, 1, 210),
        S("73721", 4, PC | SIDE, 1, 1250),
        S("72100", 6, PC, 1, 100),
};

static const struct gen_service pathology[] = {
        S("88305", 0, PC, 3, 160),
        S("88342", 0, PC, 1, 240),
        S("88312", 0, PC, 1, 210),
        S("88304", 0, PC, 1, 110),
        S("88307", 0, PC, 1, 420),
};

/* Four of them come to eight units of 15 minutes, no more. */
static const struct gen_service therapy[] = {
        S("97110", 0, 0, 2, 62),
        S("97140", 0, 0, 2, 58),
        S("97112", 0, 0, 2, 64),
        S("97530", 1, 0, 2, 70),
        S("97116", 1, 0, 2, 54),
        S("97535", 0, 0, 2, 66),
        S("97035", 0, 0, 1, 30),
        S("G0283", 0, 0, 1, 28),
};

static const struct gen_service psychotherapy[] = {
        S("90834", 0, 0, 1, 160),
        S("90837", 0, 0, 1, 220),
        S("90832", 0, 0, 1, 120),
        S("90791", 0, 0, 1, 280),
        S("90847", 0, 0, 1, 190),
        S("90853", 0, 0, 1, 60),
};

static const struct gen_service chiropractic[] = {
        S("98941", 0, 0, 1, 70),
        S("98940", 0, 0, 1, 55),
        S("98942", 0, 0, 1, 85),
};

static const struct gen_service anesthesia[] = {
        S("00142", 0, FAC, 1, 620),
        S("00811", 0, FAC, 1, 700),
        S("00731", 0, FAC, 1, 680),
        S("01402", 0, FAC, 1, 1500),
        S("00840", 0, FAC, 1, 1400),
        S("00790", 0, FAC, 1, 1300),
};

static const struct gen_service surgery_center[] = {
        S("66984", 0, GEN_MAJOR | ONCE | SIDE, 1, 2900),
        S("45378", 0, 0, 1, 1400),
        S("43239", 0, 0, 1, 1350),
        S("45385", 0, 0, 1, 1700),
        S("29881", 0, GEN_MAJOR | SIDE, 1, 3800),
        S("64483", 0, SIDE, 1, 1500),
        S("64721", 0, GEN_MAJOR | SIDE, 1, 2100),
};

/* Class E, K, L at home: what tells equipment where the line has no type. */
static const struct gen_service equipment[] = {
        S("E0601", 0, 0, 1, 110),
        S("E1390", 0, 0, 1, 240),
        S("E0143", 0, 0, 1, 120),
        S("K0001", 0, 0, 1, 90),
        S("E0431", 0, 0, 1, 60),
        S("E0260", 0, 0, 1, 180),
        S("E0570", 0, 0, 1, 45),
        S("E0163", 0, 0, 1, 95),
};

static const struct gen_service ambulance[] = {
        S("A0429", 0, 0, 1, 780),
        S("A0428", 0, 0, 1, 520),
        S("A0427", 0, 0, 1, 960),
};

static const struct gen_service outpatient[] = {
        R(300, "80053", 1, 1, 140),
        R(300, "85025", 0, 1, 95),
        R(300, "36415", 0, 1, 35),
        R(320, "71046", 2, 1, 380),
        R(636, "J1885", 0, 2, 24),
        R(300, "80061", 0, 1, 120),
        R(300, "84443", 0, 1, 160),
        R(730, "93005", 3, 1, 260),
        R(403, "77067", 2, 1, 480),
        R(420, "97110", 4, 3, 190),
        R(300, "83036", 0, 1, 90),
        R(352, "74177", 2, 1, 3400),
        R(510, "G0463", 3, 1, 290),
        R(636, "J2405", 0, 4, 12),
        R(402, "76700", 2, 1, 760),
        R(300, "87086", 0, 1, 85),
        R(258, "", 0, 2, 60),
        R(300, "82306", 0, 1, 210),
        R(270, "", 0, 5, 40),
        R(480, "93306", 3, 1, 2100),
};

static const struct gen_service emergency_room[] = {
        R(300, "85025", 0, 1, 95),
        R(250, "", 0, 4, 60),
        R(300, "80053", 0, 1, 140),
        R(320, "71046", 0, 1, 380),
        R(270, "", 0, 5, 40),
};

static const struct gen_service inpatient[] = {
        R(250, "", 0, 40, 60),
        R(300, "", 0, 30, 70),
        R(270, "", 0, 20, 45),
        R(258, "", 0, 12, 80),
        R(320, "", 0, 3, 420),
        R(636, "", 0, 20, 55),
        R(450, "", 0, 1, 1900),
        R(730, "", 0, 2, 300),
        R(410, "", 0, 10, 130),
        R(420, "", 0, 5, 240),
        R(352, "", 0, 1, 2800),
        R(390, "", 0, 2, 700),
};

static const struct gen_diagnosis dx_primary[] = {
        ADULT("I10"),
        ADULT("E119"),
        ADULT("E785"),
        ANY("J069"),
        ADULT("M5450"),
        ADULT("E039"),
        ANY("Z23"),
        ANY("R059"),
        ADULT("F419"),
        ADULT("K219"),
        ADULT("F329"),
        ADULT("E669"),
        ANY("J029"),
        ANY("R5383"),
        ANY("J309"),
        ADULT("N390"),
        ADULT("E559"),
        ANY("R109"),
        ADULT("E1165"),
        ANY("J4520"),
        ANY("R509"),
        ADULT("M179"),
        ANY("L309"),
        ADULT("D649"),
};

static const struct gen_diagnosis dx_cardiology[] = {
        ADULT("I10"),
        ADULT("I2510"),
        ADULT("I4891"),
        ADULT("E785"),
        ANY("R079"),
        ADULT("I5022"),
        ADULT("I480"),
        ANY("R002"),
        ADULT("I350"),
        ADULT("I739"),
        ADULT("I4820"),
        ANY("R55"),
        ADULT("I340"),
        ADULT("I69351"),
};

static const struct gen_diagnosis dx_skin[] = {
        ADULT("L570"),
        ANY("D225"),
        ADULT("L821"),
        ANY("L700"),
        ANY("L309"),
        ANY("B079"),
        ADULT("C44319"),
        ANY("L409"),
        ANY("L219"),
        ANY("L720"),
        ADULT("D485"),
        ANY("L0291"),
};

static const struct gen_diagnosis dx_digestive[] = {
        ADULT("Z1211"),
        ADULT("K219"),
        ADULT("K635"),
        ANY("R109"),
        ADULT("K5730"),
        ADULT("K621"),
        ANY("K5900"),
        ADULT("K2970"),
        ANY("K5090"),
        ADULT("K760"),
        ANY("R197"),
};

static const struct gen_diagnosis dx_neurology[] = {
        ANY("G43909"),
        ANY("R519"),
        ANY("G40909"),
        ADULT("G2581"),
        ADULT("G309"),
        ADULT("G629"),
        ADULT("I69351"),
        ADULT("G35"),
        ANY("R42"),
        ADULT("M5416"),
        ANY("R569"),
};

static const struct gen_diagnosis dx_joints[] = {
        ADULT_RIGHT("M1711"),
        ADULT("M5450"),
        ADULT_RIGHT("M25561"),
        ADULT_LEFT("M25562"),
        ADULT_LEFT("M1712"),
        ANY_LEFT("M79672"),
        ADULT_RIGHT("M1611"),
        ADULT_RIGHT("M7541"),
        ANY_RIGHT("M25511"),
        ADULT("M5416"),
        ANY_RIGHT("S93401A"),
        ANY_LEFT("M25512"),
        ADULT("M48061"),
        ANY("M542"),
        ANY("M6281"),
};

static const struct gen_diagnosis dx_back[] = {
        ANY("M5450"),
        ANY("M542"),
        ANY("M6281"),
        ANY("M5416"),
        ANY("M9903"),
        ANY("R262"),
        ANY("M546"),
        ANY("M9901"),
        ANY_RIGHT("M25511"),
        ADULT("M179"),
};

static const struct gen_diagnosis dx_eye[] = {
        ADULT("H2513"),
        ANY("H5213"),
        ADULT("H401131"),
        ANY("H04123"),
        ADULT("H353131"),
        ADULT("E119"),
        ANY("H5203"),
        ADULT_RIGHT("H2511"),
        ANY("H1013"),
        ANY("H52223"),
};

static const struct gen_diagnosis dx_women[] = {
        WOMAN("Z01419"),
        WOMAN("N920"),
        MOTHER("O0990"),
        MOTHER("Z3400"),
        WOMAN("N950"),
        WOMAN("N760"),
        MOTHER("Z3480"),
        WOMAN_RIGHT("N8301"),
        WOMAN("D259"),
        WOMAN("N939"),
        WOMAN("R102"),
        WOMAN("N809"),
};

static const struct gen_diagnosis dx_urology[] = {
        MAN("N401"),
        ADULT("N390"),
        ANY("R319"),
        MAN("Z8546"),
        ADULT("N200"),
        MAN("R9720"),
        MAN("N529"),
        ANY("R350"),
        ADULT("N3281"),
        ADULT("N201"),
        ANY("R339"),
};

static const struct gen_diagnosis dx_lungs[] = {
        ADULT("J449"),
        ANY("J4520"),
        ADULT("G4733"),
        ANY("R0602"),
        ADULT("J441"),
        ADULT("R911"),
        ANY("R059"),
        ADULT("J8410"),
        ADULT("J9611"),
        ANY("J45909"),
};

/* Of breast, lung, colon and prostate the history only: who has them now is being treated. */
static const struct gen_diagnosis dx_cancer[] = {
        ADULT("Z5111"),
        WOMAN("Z853"),
        ADULT("Z85118"),
        ADULT("Z85038"),
        ADULT("D649"),
        ADULT("C9000"),
        ADULT("C8590"),
        ANY("D696"),
        ANY("D509"),
        MAN("Z8546"),
        ADULT("C7951"),
};

static const struct gen_diagnosis dx_feet[] = {
        ADULT("B351"),
        ADULT_LEFT("M79672"),
        ADULT_RIGHT("M79671"),
        ADULT("E1142"),
        ANY("M722"),
        ADULT("L84"),
        ANY("L600"),
        ADULT_RIGHT("M2011"),
        ADULT("I739"),
        ANY("B353"),
};

static const struct gen_diagnosis dx_surgery[] = {
        ADULT("K8020"),
        ADULT("K4090"),
        ANY("K3580"),
        ANY("L0291"),
        WOMAN_RIGHT("N6311"),
        ADULT("K429"),
        ANY("R109"),
        ADULT("K436"),
        ADULT_RIGHT("D1721"),
        ANY("L720"),
};

static const struct gen_diagnosis dx_kidney[] = {
        ADULT("N1830"),
        ADULT("N184"),
        ADULT("I129"),
        ADULT("N186"),
        ADULT("E1122"),
        ADULT("D631"),
        ADULT("N2581"),
        ANY("E875"),
        ANY("R809"),
        ADULT("N189"),
        ANY("N179"),
};

static const struct gen_diagnosis dx_glands[] = {
        ADULT("E119"),
        ADULT("E1165"),
        ADULT("E039"),
        ADULT("E049"),
        ADULT("E785"),
        ANY("E109"),
        ADULT("E041"),
        ADULT("E559"),
        ADULT("M810"),
        ANY("E669"),
        ADULT("E0590"),
};

static const struct gen_diagnosis dx_immune[] = {
        ADULT("M069"),
        ADULT("M0579"),
        ADULT("M1990"),
        ADULT("M109"),
        ANY("M329"),
        ADULT("M353"),
        ADULT("L4059"),
        ADULT("M810"),
        ADULT("M797"),
        ANY("M2550"),
};

static const struct gen_diagnosis dx_throat[] = {
        ANY("J329"),
        ANY("H6123"),
        ANY("H9193"),
        ANY("J309"),
        ANY("J342"),
        ANY("H9313"),
        ANY("R42"),
        ANY("J3501"),
        ANY("H6693"),
        ANY("R490"),
};

static const struct gen_diagnosis dx_allergy[] = {
        ANY("J301"),
        ANY("J309"),
        ANY("J4520"),
        ANY("J3089"),
        ANY("L500"),
        ANY("J45909"),
        ANY("Z91010"),
        ANY("L209"),
};

static const struct gen_diagnosis dx_children[] = {
        CHILD("Z00129"),
        ANY("J069"),
        ANY("H6690"),
        ANY("J029"),
        ANY("Z23"),
        ANY("R509"),
        ANY("L209"),
        ANY("J4520"),
        ANY("B349"),
        ANY("R059"),
        ANY("K5900"),
        ANY("J309"),
        ANY("H109"),
};

static const struct gen_diagnosis dx_emergency[] = {
        ANY("R079"),
        ANY("R109"),
        ANY("R509"),
        ANY("S0990XA"),
        ANY("J069"),
        ADULT("N390"),
        ANY("R55"),
        ANY("R519"),
        ANY("S61419A"),
        ANY("R0602"),
        ANY("M5450"),
        ANY("L0390"),
        ADULT("I10"),
        ANY("J189"),
        ANY("R42"),
};

static const struct gen_diagnosis dx_mind[] = {
        ADULT("F329"),
        ANY("F411"),
        ANY("F4323"),
        ANY("F419"),
        ADULT("F331"),
        ANY("F4310"),
        ANY("F900"),
        ADULT("F319"),
        ADULT("F209"),
        ANY("F4320"),
        ADULT("F1020"),
};

static const struct gen_diagnosis dx_infection[] = {
        ANY("B20"),
        ANY("A419"),
        ANY("L0390"),
        ADULT("B182"),
        ANY("M869"),
        ANY("R509"),
        ANY("A4902"),
        ADULT("N390"),
        ANY("J189"),
};

static const struct gen_diagnosis dx_equipment[] = {
        ADULT("G4733"),
        ADULT("E119"),
        ADULT("J449"),
        ADULT("E1165"),
        ADULT("J9611"),
        ANY("R262"),
        ADULT("I5022"),
        ADULT("Z794"),
};

static const struct gen_diagnosis dx_transport[] = {
        ANY("R0602"),
        ANY("R4182"),
        ANY("R079"),
        ANY("S0990XA"),
        ADULT("I639"),
        ANY("R55"),
        ADULT("N186"),
        ANY("R531"),
        ANY("R569"),
};

static const struct gen_diagnosis dx_hospital[] = {
        ADULT("I10"),
        ANY("R079"),
        ADULT("E119"),
        ANY("R109"),
        ADULT("Z1231"),
        ADULT("E785"),
        ANY("R0602"),
        ANY("J189"),
        ADULT("N390"),
        ANY("S0990XA"),
        ANY("M5450"),
        ADULT("Z1211"),
        ANY("R509"),
        ANY("J069"),
        ADULT("I4891"),
        ANY("D649"),
};

#define LIST(name) \
	{ \
		name, sizeof(name) / sizeof((name)[0]) \
	}

/* The lists by number. */
enum {
	L_PRIMARY,
	L_CARDIOLOGY,
	L_SKIN,
	L_DIGESTIVE,
	L_NEUROLOGY,
	L_JOINTS,
	L_EYE,
	L_WOMEN,
	L_UROLOGY,
	L_LUNGS,
	L_CANCER,
	L_FEET,
	L_SURGERY,
	L_KIDNEY,
	L_GLANDS,
	L_IMMUNE,
	L_THROAT,
	L_ALLERGY,
	L_CHILDREN,
	L_EMERGENCY,
	L_LABORATORY,
	L_IMAGING,
	L_PATHOLOGY,
	L_THERAPY,
	L_MIND,
	L_BACK,
	L_ANESTHESIA,
	L_CENTER,
	L_EQUIPMENT,
	L_TRANSPORT,
	L_COUNT
};

static const struct {
	const struct gen_service *items;
	size_t count;
} service_lists[L_COUNT] = {
        [L_PRIMARY] = LIST(primary),
        [L_CARDIOLOGY] = LIST(cardiology),
        [L_SKIN] = LIST(dermatology),
        [L_DIGESTIVE] = LIST(gastroenterology),
        [L_NEUROLOGY] = LIST(neurology),
        [L_JOINTS] = LIST(orthopedics),
        [L_EYE] = LIST(ophthalmology),
        [L_WOMEN] = LIST(gynecology),
        [L_UROLOGY] = LIST(urology),
        [L_LUNGS] = LIST(pulmonology),
        [L_CANCER] = LIST(oncology),
        [L_FEET] = LIST(podiatry),
        [L_SURGERY] = LIST(surgery),
        [L_KIDNEY] = LIST(nephrology),
        [L_GLANDS] = LIST(endocrinology),
        [L_IMMUNE] = LIST(rheumatology),
        [L_THROAT] = LIST(ear_nose_throat),
        [L_ALLERGY] = LIST(allergy),
        [L_CHILDREN] = LIST(pediatrics),
        [L_EMERGENCY] = LIST(emergency),
        [L_LABORATORY] = LIST(laboratory),
        [L_IMAGING] = LIST(imaging),
        [L_PATHOLOGY] = LIST(pathology),
        [L_THERAPY] = LIST(therapy),
        [L_MIND] = LIST(psychotherapy),
        [L_BACK] = LIST(chiropractic),
        [L_ANESTHESIA] = LIST(anesthesia),
        [L_CENTER] = LIST(surgery_center),
        [L_EQUIPMENT] = LIST(equipment),
        [L_TRANSPORT] = LIST(ambulance),
};

enum {
	D_PRIMARY,
	D_CARDIOLOGY,
	D_SKIN,
	D_DIGESTIVE,
	D_NEUROLOGY,
	D_JOINTS,
	D_BACK,
	D_EYE,
	D_WOMEN,
	D_UROLOGY,
	D_LUNGS,
	D_CANCER,
	D_FEET,
	D_SURGERY,
	D_KIDNEY,
	D_GLANDS,
	D_IMMUNE,
	D_THROAT,
	D_ALLERGY,
	D_CHILDREN,
	D_EMERGENCY,
	D_MIND,
	D_INFECTION,
	D_EQUIPMENT,
	D_TRANSPORT,
	D_HOSPITAL,
	D_COUNT
};

static const struct {
	const struct gen_diagnosis *items;
	size_t count;
} diagnosis_lists[D_COUNT] = {
        [D_PRIMARY] = LIST(dx_primary),
        [D_CARDIOLOGY] = LIST(dx_cardiology),
        [D_SKIN] = LIST(dx_skin),
        [D_DIGESTIVE] = LIST(dx_digestive),
        [D_NEUROLOGY] = LIST(dx_neurology),
        [D_JOINTS] = LIST(dx_joints),
        [D_BACK] = LIST(dx_back),
        [D_EYE] = LIST(dx_eye),
        [D_WOMEN] = LIST(dx_women),
        [D_UROLOGY] = LIST(dx_urology),
        [D_LUNGS] = LIST(dx_lungs),
        [D_CANCER] = LIST(dx_cancer),
        [D_FEET] = LIST(dx_feet),
        [D_SURGERY] = LIST(dx_surgery),
        [D_KIDNEY] = LIST(dx_kidney),
        [D_GLANDS] = LIST(dx_glands),
        [D_IMMUNE] = LIST(dx_immune),
        [D_THROAT] = LIST(dx_throat),
        [D_ALLERGY] = LIST(dx_allergy),
        [D_CHILDREN] = LIST(dx_children),
        [D_EMERGENCY] = LIST(dx_emergency),
        [D_MIND] = LIST(dx_mind),
        [D_INFECTION] = LIST(dx_infection),
        [D_EQUIPMENT] = LIST(dx_equipment),
        [D_TRANSPORT] = LIST(dx_transport),
        [D_HOSPITAL] = LIST(dx_hospital),
};

#define ALL_AGES GEN_ANY_SEX, 0, 255
#define ADULTS GEN_ANY_SEX, 18, 255

/*
 * code, taxonomy, kind, entity, weight, sex and ages of members, percent with
 * a visit, percent in a facility, modifier, lists of services and diagnoses
 */
/* clang-format off */
const struct gen_specialty gen_specialties[] = {
	{"01", "208D00000X", GEN_PRIMARY, 1, 2, ALL_AGES, 75, 5, "", L_PRIMARY, D_PRIMARY},
	{"02", "208600000X", GEN_OFFICE, 1, 4, ADULTS, 60, 40, "", L_SURGERY, D_SURGERY},
	{"03", "207K00000X", GEN_OFFICE, 1, 1, ALL_AGES, 30, 0, "", L_ALLERGY, D_ALLERGY},
	{"04", "207Y00000X", GEN_OFFICE, 1, 2, ALL_AGES, 70, 10, "", L_THROAT, D_THROAT},
	{"05", "207L00000X", GEN_SINGLE, 1, 5, ADULTS, 0, 100, "AA", L_ANESTHESIA, D_SURGERY},
	{"06", "207RC0000X", GEN_OFFICE, 1, 5, ADULTS, 65, 30, "", L_CARDIOLOGY, D_CARDIOLOGY},
	{"07", "207N00000X", GEN_OFFICE, 1, 3, ALL_AGES, 60, 0, "", L_SKIN, D_SKIN},
	{"08", "207Q00000X", GEN_PRIMARY, 1, 16, ALL_AGES, 78, 5, "", L_PRIMARY, D_PRIMARY},
	{"10", "207RG0100X", GEN_OFFICE, 1, 3, ADULTS, 45, 40, "", L_DIGESTIVE, D_DIGESTIVE},
	{"11", "207R00000X", GEN_PRIMARY, 1, 16, ADULTS, 78, 20, "", L_PRIMARY, D_PRIMARY},
	{"13", "2084N0400X", GEN_OFFICE, 1, 3, ALL_AGES, 75, 20, "", L_NEUROLOGY, D_NEUROLOGY},
	{"16", "207V00000X", GEN_OFFICE, 1, 5, GEN_FEMALE, 18, 75, 65, 10, "", L_WOMEN, D_WOMEN},
	{"18", "207W00000X", GEN_OFFICE, 1, 4, ADULTS, 0, 5, "", L_EYE, D_EYE},
	{"20", "207X00000X", GEN_OFFICE, 1, 5, ADULTS, 65, 20, "", L_JOINTS, D_JOINTS},
	{"22", "207ZP0102X", GEN_IMAGING, 1, 3, ALL_AGES, 0, 60, "", L_PATHOLOGY, D_SKIN},
	{"25", "208100000X", GEN_OFFICE, 1, 2, ADULTS, 80, 10, "", L_JOINTS, D_BACK},
	{"26", "2084P0800X", GEN_MENTAL, 1, 5, ALL_AGES, 70, 20, "", L_MIND, D_MIND},
	{"29", "207RP1001X", GEN_OFFICE, 1, 2, ADULTS, 70, 40, "", L_LUNGS, D_LUNGS},
	{"30", "2085R0202X", GEN_IMAGING, 1, 6, ADULTS, 0, 70, "", L_IMAGING, D_EMERGENCY},
	{"34", "208800000X", GEN_OFFICE, 1, 2, ADULTS, 65, 15, "", L_UROLOGY, D_UROLOGY},
	{"35", "111N00000X", GEN_SINGLE, 1, 5, ADULTS, 0, 0, "AT", L_BACK, D_BACK},
	{"37", "208000000X", GEN_PRIMARY, 1, 9, GEN_ANY_SEX, 0, 17, 85, 3, "", L_CHILDREN, D_CHILDREN},
	{"38", "207RG0300X", GEN_PRIMARY, 1, 1, GEN_ANY_SEX, 65, 255, 85, 25, "", L_PRIMARY, D_PRIMARY},
	{"39", "207RN0300X", GEN_OFFICE, 1, 2, ADULTS, 80, 35, "", L_KIDNEY, D_KIDNEY},
	{"41", "152W00000X", GEN_OFFICE, 1, 5, ALL_AGES, 0, 0, "", L_EYE, D_EYE},
	{"44", "207RI0200X", GEN_OFFICE, 1, 1, ADULTS, 90, 60, "", L_PRIMARY, D_INFECTION},
	{"46", "207RE0101X", GEN_OFFICE, 1, 2, ADULTS, 80, 5, "", L_GLANDS, D_GLANDS},
	{"48", "213E00000X", GEN_OFFICE, 1, 3, ADULTS, 50, 5, "", L_FEET, D_FEET},
	{"50", "363L00000X", GEN_PRIMARY, 1, 16, ALL_AGES, 85, 10, "", L_PRIMARY, D_PRIMARY},
	{"65", "225100000X", GEN_THERAPY, 1, 9, ADULTS, 0, 0, "GP", L_THERAPY, D_BACK},
	{"66", "207RR0500X", GEN_OFFICE, 1, 1, ADULTS, 80, 5, "", L_IMMUNE, D_IMMUNE},
	{"67", "225X00000X", GEN_THERAPY, 1, 3, ADULTS, 0, 0, "GO", L_THERAPY, D_BACK},
	{"68", "103T00000X", GEN_MENTAL, 1, 5, ALL_AGES, 0, 0, "", L_MIND, D_MIND},
	{"80", "1041C0700X", GEN_MENTAL, 1, 9, ALL_AGES, 0, 0, "", L_MIND, D_MIND},
	{"83", "207RH0003X", GEN_OFFICE, 1, 3, ADULTS, 60, 5, "", L_CANCER, D_CANCER},
	{"93", "207P00000X", GEN_EMERGENCY, 1, 7, ALL_AGES, 100, 100, "", L_EMERGENCY, D_EMERGENCY},
	{"97", "363A00000X", GEN_PRIMARY, 1, 9, ALL_AGES, 85, 15, "", L_PRIMARY, D_PRIMARY},
	{"69", "291U00000X", GEN_LABORATORY, 2, 0, GEN_ANY_SEX, 0, 255, 0, 0, "", L_LABORATORY, D_PRIMARY},
	{"49", "261QA1903X", GEN_SURGERY_CENTER, 2, 0, GEN_ANY_SEX, 18, 255, 0, 0, "", L_CENTER, D_JOINTS},
	{"59", "341600000X", GEN_AMBULANCE, 2, 0, GEN_ANY_SEX, 0, 255, 0, 0, "", L_TRANSPORT, D_TRANSPORT},
	{"54", "332B00000X", GEN_EQUIPMENT, 2, 0, GEN_ANY_SEX, 18, 255, 0, 0, "", L_EQUIPMENT, D_EQUIPMENT},
	{"", "282N00000X", GEN_HOSPITAL, 2, 0, GEN_ANY_SEX, 0, 255, 0, 0, "", L_PRIMARY, D_HOSPITAL},
};
const size_t gen_specialties_count = sizeof(gen_specialties) / sizeof(gen_specialties[0]);

const struct gen_stay gen_stays[] = {
	{871, "A419", {"J189", "N390"}, "", GEN_ANY_SEX, 18, 255, 5, 420},
	{291, "I5023", {"I10", "E119"}, "", GEN_ANY_SEX, 18, 255, 4, 310},
	{470, "M1711", {"I10", "E785"}, "0SRC0J9", GEN_ANY_SEX, 40, 255, 2, 520},
	{807, "O80", {"Z370", ""}, "10E0XZZ", GEN_FEMALE, 18, 45, 2, 140},
	{193, "J189", {"J9601", "I10"}, "", GEN_ANY_SEX, 18, 255, 4, 260},
	{392, "K529", {"E860", ""}, "", GEN_ANY_SEX, 18, 255, 3, 190},
	{690, "N390", {"E119", ""}, "", GEN_ANY_SEX, 18, 255, 3, 180},
	{788, "O82", {"Z370", ""}, "10D00Z1", GEN_FEMALE, 18, 45, 3, 210},
	{190, "J441", {"J9601", "I10"}, "", GEN_ANY_SEX, 18, 255, 4, 230},
	{65, "I639", {"I10", "I4891"}, "", GEN_ANY_SEX, 18, 255, 4, 300},
	{603, "L03115", {"E119", ""}, "", GEN_ANY_SEX, 18, 255, 4, 190},
	{885, "F329", {"F411", ""}, "", GEN_ANY_SEX, 18, 255, 6, 160},
	{683, "N179", {"E875", "I10"}, "", GEN_ANY_SEX, 18, 255, 4, 220},
	{418, "K8020", {"E119", ""}, "0FT44ZZ", GEN_ANY_SEX, 18, 255, 3, 380},
	{280, "I214", {"I10", "E785"}, "", GEN_ANY_SEX, 18, 255, 4, 350},
};
const size_t gen_stays_count = sizeof(gen_stays) / sizeof(gen_stays[0]);
/* clang-format on */

/* Share the 256 slots out by 1/rank; what rounding leaves goes to the first. */
static void pick_fill(uint8_t pick[256], size_t count)
{
	uint64_t sum = 0;
	size_t at = 256;

	assert(count > 0 && count <= 128);
	for (size_t rank = 1; rank <= count; rank++)
		sum += 1000000 / rank;
	for (size_t rank = count; rank >= 2; rank--) {
		size_t share = (size_t)(256 * (1000000 / rank) / sum);

		for (size_t i = 0; i < (share ? share : 1); i++)
			pick[--at] = (uint8_t)(rank - 1);
	}
	memset(pick, 0, at);
}

static void services_init(struct gen_services *list, const struct gen_service *items, size_t count)
{
	list->items = items;
	list->count = count;
	for (size_t i = 0; i < count; i++) {
		list->major |= (items[i].flags & GEN_MAJOR) != 0;
		list->ten_days |= (items[i].flags & GEN_TEN_DAYS) != 0;
	}
	pick_fill(list->pick, count);
}

void gen_tables_init(struct gen_tables *tables)
{
	memset(tables, 0, sizeof(*tables));
	for (size_t i = 0; i < L_COUNT; i++)
		services_init(&tables->services[i], service_lists[i].items, service_lists[i].count);
	for (size_t i = 0; i < D_COUNT; i++) {
		tables->diagnoses[i].items = diagnosis_lists[i].items;
		tables->diagnoses[i].count = diagnosis_lists[i].count;
		pick_fill(tables->diagnoses[i].pick, diagnosis_lists[i].count);
	}
	services_init(&tables->outpatient, outpatient, sizeof(outpatient) / sizeof(outpatient[0]));
	services_init(&tables->inpatient, inpatient, sizeof(inpatient) / sizeof(inpatient[0]));
	services_init(&tables->emergency_room, emergency_room,
	        sizeof(emergency_room) / sizeof(emergency_room[0]));
	for (size_t i = 0; i < gen_specialties_count; i++)
		tables->weights += gen_specialties[i].weight;
}

unsigned gen_specialty_find(const char *code)
{
	for (size_t i = 0; i < gen_specialties_count; i++) {
		if (strcmp(gen_specialties[i].code, code) == 0)
			return (unsigned)i;
	}
	assert(!"a specialty of the tables");
	return 0;
}
