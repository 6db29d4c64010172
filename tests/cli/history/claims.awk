# SPDX-License-Identifier: Apache-2.0
#
# Turns a table of cases into claims.csv and the findings that are expected.
#
#   PERSON CLAIM/LINE CODE DATE [FIELD=VALUE]... [!KIND]
#
# A person is a case.  !KIND: the rule finds the line, !!KIND: the line's claim.
# Dates: DATE or FROM..THRU.  n=COUNT: as many such claims, each of a person of its
# own unless who=same; !KIND is of the first.  Fields are those of the header below, by short name.
BEGIN {
	FS = " "
	print "claim_id,claim_line_number,claim_type,person_id,claim_start_date,claim_end_date," \
		"claim_line_start_date,claim_line_end_date,admission_date,discharge_date," \
		"discharge_disposition_code,place_of_service_code,bill_type_code,revenue_center_code," \
		"service_unit_quantity,hcpcs_code,hcpcs_modifier_1,hcpcs_modifier_2,rendering_npi," \
		"billing_npi,billing_tin,facility_npi,received_date,paid_amount,charge_amount," \
		"specialty_code,billing_ccn,claim_frequency_code,original_claim_id,denied_flag,condition_code_1,ordering_npi," \
		"diagnosis_code_1,diagnosis_code_2,diagnosis_code_3,diagnosis_pointer_1,diagnosis_pointer_2,provider_state,ms_drg_code," \
		"procedure_code_1,entity_type" >claims
}
/^#/ || NF == 0 { next }
{
	delete f
	f["type"] = "professional"; f["npi"] = "1003000126"; f["units"] = 1; f["charge"] = "100.00"
	f["paid"] = "80.00"; f["pos"] = 11; f["tin"] = "111111111"; f["spec"] = "08"; f["received"] = "2024-12-31"; f["n"] = 1
	split($2, id, "/")
	split($4, day, "[.][.]")
	f["from"] = day[1]; f["thru"] = day[2] == "" ? day[1] : day[2]
	f["start"] = f["from"]; f["end"] = f["thru"]
	for (i = 5; i <= NF; i++) {
		if ($i ~ /^!!/) { print $1 id[1] ",," substr($i, 3) >expected; continue }
		if ($i ~ /^!/) { print $1 id[1] "," id[2] "," substr($i, 2) >expected; continue }
		at = index($i, "="); f[substr($i, 1, at - 1)] = substr($i, at + 1)
	}
	if (f["type"] == "institutional") { f["npi"] = ""; f["pos"] = ""; f["spec"] = "" }
	else if (f["facility"] == "") f["facility"] = ""
	original = f["replaces"] == "" ? "" : $1 f["replaces"]
	for (k = 1; k <= f["n"] + 0; k++)
		print $1 id[1] (k > 1 ? "-" k : "") "," id[2] "," f["type"] "," \
		(f["person"] == "none" ? "" : $1 (k > 1 && f["who"] != "same" ? "-" k : "")) "," f["start"] "," f["end"] "," f["from"] "," \
		f["thru"] "," f["adm"] "," f["dis"] "," f["status"] "," f["pos"] "," f["tob"] "," f["rev"] "," f["units"] "," ($3 == "-" ? "" : $3) "," \
		f["m1"] "," f["m2"] "," f["npi"] "," f["billing"] "," f["tin"] "," f["facility"] "," f["received"] "," f["paid"] "," \
		f["charge"] "," f["spec"] "," f["ccn"] "," f["freq"] "," original "," f["denied"] "," f["cond"] "," f["ordering"] "," f["d1"] "," f["d2"] "," f["d3"] "," \
		f["p1"] "," f["p2"] "," f["state"] "," f["drg"] "," f["px"] "," f["entity"] >claims
}
