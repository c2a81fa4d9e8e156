#pragma once
// DKIM signatures (RFC 6376) of what we send: relaxed/relaxed, an RSA one for every verifier and an Ed25519
// one (RFC 8463) beside it, over headers that nobody can add another of, good for 7 days.
#include "base/result.h"
#include "base/time.h"
#include "crypto/dkim_key.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

/// policy.md: what is kept to be sent again later is refused then.
inline constexpr Duration dkim_life = std::chrono::days(7);

/// What mail programs show or act on, and no mail of ours has: signed as absent.
inline constexpr std::array<std::string_view, 10> absent_headers{
    "Reply-To",    "Cc",        "Sender",  "In-Reply-To",      "References",
    "Resent-From", "Resent-To", "List-Id", "List-Unsubscribe", "Content-Transfer-Encoding"};

struct DkimSelector {
    std::string selector;  // of `selector._domainkey.domain`: letters, digits, hyphens, dots
    crypto::DkimKey key;
};

class DkimSigner {
public:
    /// CHECK: a domain name, and selectors that are names of DNS.
    DkimSigner(std::string domain, std::vector<DkimSelector> selectors);

    /// The DKIM-Signature headers that stand before `raw` (RFC 5322, CRLF, our own composition): one for each
    /// selector, in their order; the same for the same arguments. `at`: signing time, of which the expiry is
    /// counted. Each header of `raw`, and each that a reader is shown though we send none (Reply-To, Cc, …),
    /// is signed once more than it stands there, so that another of its name breaks the signature (section
    /// 8.15).
    [[nodiscard]] std::string signatures(std::string_view raw, Instant at) const;

private:
    std::string m_domain;
    std::vector<DkimSelector> m_selectors;
};

/// Letters, digits, hyphens and underscores in labels of 1 to 63, at most 253 in all.
bool is_dns_name(std::string_view name) noexcept;

/// RFC 6376 section 3.4.2: one header line, folded or not, with CRLF at its end.
std::string relaxed_header(std::string_view header);
/// RFC 6376 section 3.4.4.
std::string relaxed_body(std::string_view body);

}  // namespace sallyport::messages
