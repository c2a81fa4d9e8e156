#pragma once
// One-time codes of an authenticator app: RFC 4226 (HOTP) and RFC 6238 (TOTP). Which steps are accepted, and
// that each is accepted once, is policy's business and the store's.
#include "base/secret.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "crypto/random_source.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::crypto {

/// The defaults are what every authenticator app understands.
struct TotpParameters {
    HashFunction function = HashFunction::sha1;
    unsigned digits = 6;           // 6 … 8
    unsigned period_seconds = 30;  // 1 … 3600
    friend bool operator==(const TotpParameters&, const TotpParameters&) = default;
};

inline constexpr std::size_t totp_secret_bytes = 20;  // 160 bits, RFC 4226 section 4 R6
inline constexpr std::int64_t totp_search_steps_max = 64;

Secret new_totp_secret(const RandomSource& random);
/// RFC 6238 section 4.2: whole periods since 1970.
std::int64_t step_of(Instant now, TotpParameters parameters = {}) noexcept;
/// RFC 4226 section 5.3 at counter `step`; ASCII digits with leading zeros. `step` ≥ 0 (CHECK).
std::string code_at_step(const Secret& secret, std::int64_t step, TotpParameters parameters = {});
/// Every step of [from_step, to_step] whose code is `code` (ASCII digits: base/text.h typed_digits),
/// ascending; at most 64 steps are searched (CHECK). Takes the same time whichever step matches.
std::vector<std::int64_t> matching_steps(const Secret& secret, std::string_view code, std::int64_t from_step,
                                         std::int64_t to_step, TotpParameters parameters = {});

/// What a QR code tells an app (Key Uri Format of google-authenticator's wiki).
struct OtpAuth {
    std::string issuer;   // may be empty when parsed
    std::string account;  // not empty
    Secret secret;
    TotpParameters parameters;
};
/// Issuer and account hold no colon (CHECK). otpauth://totp/Issuer:account?
/// secret=…&issuer=…&algorithm=SHA1&digits=6&period=30, every part percent-encoded.
Secret otpauth_uri(const OtpAuth& key);
/// Only totp; nullopt for anything else, for doubled parameters and for an issuer that contradicts the label.
std::optional<OtpAuth> parse_otpauth(std::string_view uri);
/// Base32 in groups of four ("JBSW Y3DP …"), for typing by hand.
Secret key_text(const Secret& secret);

}  // namespace sallyport::crypto
