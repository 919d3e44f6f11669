# Rights: what was granted, and what was used
check "nothing was asked for that is not granted" python3 rights.py $R/audit.log forbidden
check "everything granted was used, but for what this cluster has not" python3 rights.py $R/audit.log unused <(rights)
