# SPDX-License-Identifier: Apache-2.0
# Small releases in their publishers' layouts, made by hand.  Sourced behind
# assert.sh; each function writes a file, or says its lines.

# Lines "code flag title" to an order file of ICD-10.
order_lines() {
	awk '{
		title = $0; sub(/^[^ ]+ [^ ]+ /, "", title)
		printf "%05d %-7s %d %-60s %s\r\n", NR, $1, $2, title, title }'
}
icd10cm_2025() {
	order_lines <<-LINES
		E11 0 Type 2 diabetes mellitus
		E116 0 Type 2 diabetes mellitus with other specified complications
		E1165 1 Type 2 diabetes mellitus with hyperglycemia
		E119 1 Type 2 diabetes mellitus without complications
		I10 1 Essential (primary) hypertension
		M5416 1 Radiculopathy, lumbar region
		Z719 1 Counseling, unspecified
	LINES
}
# E119 becomes a header, E1191 is new, Z719 is gone, M5416 has another title.
icd10cm_2026() {
	order_lines <<-LINES
		E11 0 Type 2 diabetes mellitus
		E116 0 Type 2 diabetes mellitus with other specified complications
		E1165 1 Type 2 diabetes mellitus with hyperglycemia
		E119 0 Type 2 diabetes mellitus without complications
		E1191 1 Type 2 diabetes mellitus without complications, in remission
		I10 1 Essential (primary) hypertension
		M5416 1 Radiculopathy of the lumbar region
	LINES
}

# NCCI edits: "column 1 | column 2 | from | to or * | indicator", blanks between.
ptp_part() {
	printf 'CPT is a registered trademark of the American Medical Association.\t\t\t\t\t\t\r\n\t\t\t\t\t\t\r\n'
	printf 'Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n'
	printf '\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n\t\t\t\t*=no data\t1=allowed\t\r\n\t\t\t\t\t9=not applicable\t\r\n'
	awk '{ printf "%s\t%s\t\t%s\t%s\t%s\tMisuse of Column Two code with Column One code\r\n", $1, $2, $3, $4, $5 }'
}
ptp_practitioner() { # FOLDER VERSION
	echo '11042 97597 20190101 * 1' | ptp_part >"$1/ccipra-$2-f1.txt"
	printf '%s\n' '11042 97602 20190101 20231231 1' '20610 20552 20200101 * 0' |
		ptp_part >"$1/ccipra-$2-f2.txt"
	echo '80053 80048 20100101 * 0' | ptp_part >"$1/ccipra-$2-f3.txt"
	echo '99215 99214 20210101 * 0' | ptp_part >"$1/ccipra-$2-f4.txt"
}

# MUE: "code units indicator" a line.
mue() { # SETTING
	printf '"CPT is a registered trademark of the American Medical Association.\nRestrictions apply.",,,\r\n'
	printf '"HCPCS/\nCPT Code",%s MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n' "$1"
	awk '{ text["1"] = "1 Line Edit"; text["2"] = "2 Date of Service Edit: Policy"
		text["3"] = "3 Date of Service Edit: Clinical"
		printf "%s,%s,%s,Clinical: Data\r\n", $1, $2, text[$3] }'
}
mue_2024q3() {
	printf '%s\n' '11042 1 2' '11045 12 3' '80053 1 3' '99213 2 3' '99215 1 3' |
		mue 'Practitioner Services'
}
mue_2024q4() {
	printf '%s\n' '11042 1 2' '11045 8 3' '80053 2 3' '99213 2 3' 'A9999 1 1' |
		mue 'Practitioner Services'
}

add_on_codes() {
	cat <<-ROWS
		AOC_Edit_Type,Add-On_Code,AOC_DelDT,Primary_Code,Primary_Code_DelDT,AOC_Edit_EffDT,AOC_Edit_DelDT,Special_Instruction_Notes
		1,11045,,11042,,2013091,,
		1,11045,,11043,,2013091,2023365,
		2,0054T,,CCCCC,,2013091,,Contractor Defined Primary Codes
	ROWS
}

exclusions() {
	cat <<-ROWS
		"LASTNAME","FIRSTNAME","MIDNAME","BUSNAME","GENERAL","SPECIALTY","UPIN","NPI","DOB","ADDRESS","CITY","STATE","ZIP","EXCLTYPE","EXCLDATE","REINDATE","WAIVERDATE","WVRSTATE"
		"DOE","NO NPI","","","INDIVIDUAL","PHYSICIAN","","0000000000","","","","OH","","1128a1","20100120","00000000","00000000",""
		"DOE","JANE","","","INDIVIDUAL","NURSE","","1003005315","","","","MN","","1128b4","20221220","00000000","00000000",""
	ROWS
}

# A fee schedule of three rows: a code, its technical part, its professional part.
fee_schedule() {
	printf '2025 National Physician Fee Schedule Relative Value File,%s\r\n' \
		',,,,,,,,,,,,,,,,,,,,,,,,,,,,,'
	printf 'HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT\r\n'
	printf '71046,,,A,,0.22,0.80,,0.80,,0.02,1.04,1.04,1,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,99,0,99,0.00,0.00,0.00\r\n'
	printf '71046,TC,,A,,0.00,0.72,,0.72,,0.01,0.73,0.73,1,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,99,0,99,0.00,0.00,0.00\r\n'
	printf '71046,26,,A,,0.22,0.08,,0.08,,0.01,0.31,0.31,1,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,99,0,99,0.00,0.00,0.00\r\n'
}

# All of them, of one time.
releases_of_2025() { # FOLDER
	mkdir -p "$1/icd10cm" "$1/ncci" "$1/mpfs" "$1/lists"
	icd10cm_2025 >"$1/icd10cm/icd10cm_order_2025.txt"
	ptp_practitioner "$1/ncci" v302r0
	mue_2024q3 >"$1/ncci/MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
	add_on_codes >"$1/ncci/ncci_aoc_2026q2.csv"
	fee_schedule >"$1/mpfs/PPRRVU2025_Oct.csv"
	exclusions >"$1/lists/UPDATED.csv"
}
