#pragma once
// Verifying signatures (RFC 6376, RFC 8463) in mail that somebody uploads, with keys that are known here:
// ours, present and past. Nothing asks DNS.
#include "base/time.h"
#include "crypto/dkim_public_key.h"
#include "policy/mail_checks.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

/// Signatures of one mail that are looked at; the others are passed over.
inline constexpr std::size_t signatures_max = 8;

/// Published keys by "selector._domainkey.domain", in lower case.
class DkimKeys {
public:
    /// False where the record holds no key that we verify with.
    bool add(std::string name, std::string_view record);
    /// Null where it is not known.
    [[nodiscard]] const crypto::DkimPublicKey* find(std::string_view selector, std::string_view domain) const;

private:
    std::map<std::string, crypto::DkimPublicKey, std::less<>> m_keys;
};

struct CheckedSignature {
    policy::mail_checks::Signature state;  // none: by a key that is not known here
    std::string name;                      // "selector._domainkey.domain", as far as it could be read
    std::optional<Instant> ends;           // x=
};
/// Each DKIM-Signature of `raw`, first to last. `raw` has CRLF line ends (mail_head.h). What a verifier may
/// refuse is refused: a signed length (l=, section 8.2), a signature that leaves out From, any version but 1.
/// The expiry is told and not judged.
std::vector<CheckedSignature> check_signatures(std::string_view raw, const DkimKeys& keys);

}  // namespace sallyport::messages
