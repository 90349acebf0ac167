#!/usr/bin/env bash
# The peer for `just bench`: the jq and openssl script that people write at home, done carefully.
set -u
now=$(date -u -d "$1" +%s)
shift
status=0
for file in "$@"; do
  complain() { echo "$file: $1"; status=1; }
  jq -e '.ok == true and .statusCode == 200 and (.integration
      | .imsEndpoint and .metascopes and .email and .id and .org
      and .technicalAccount.clientId and .technicalAccount.clientSecret)' "$file" >/dev/null || complain 'field missing'
  jq -re .integration.imsEndpoint "$file" | grep -qE '^ims-[a-z]{2,5}[0-9]{1,2}\.adobelogin\.com$' || complain 'foreign host'
  certificate=$(jq -r .integration.publicKey "$file")
  key=$(jq -r .integration.privateKey "$file")
  openssl rsa -check -noout <<<"$key" 2>/dev/null | grep -q 'RSA key ok' || complain 'bad key'
  of_key=$(openssl pkey -pubout <<<"$key" 2>/dev/null)
  of_certificate=$(openssl x509 -pubkey -noout <<<"$certificate" 2>/dev/null)
  [ -n "$of_key" ] && [ "$of_key" = "$of_certificate" ] || complain 'key does not fit'
  openssl verify -no_check_time -check_ss_sig -CAfile <(echo "$certificate") <(echo "$certificate") >/dev/null 2>&1 || complain 'bad signature'
  expiry=$(date -u -d "$(openssl x509 -enddate -noout <<<"$certificate" | cut -d= -f2)" +%s)
  [ "$expiry" -ge "$now" ] || complain 'expired'
  [ "$expiry" = "$(date -u -d "$(jq -r .integration.certificateExpirationDate "$file")" +%s)" ] || complain 'wrong date'
done
exit "$status"
