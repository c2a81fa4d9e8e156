#pragma once
// The keys that sign our mail, and what the domain's DNS must say so that others believe them.
#include "app/config.h"
#include "base/secret.h"
#include "slices/messages/dkim.h"
#include "slices/messages/dkim_verify.h"

#include <memory>
#include <string>

namespace sallyport::app {

/// What a file holds, without the line ends behind it; empty where none is named. Throws StartFailed, naming
/// `key` of the configuration.
Secret read_secret(const std::string& key, const std::filesystem::path& file);

/// Null where no key is named. Throws StartFailed for a key that is missing, open to others or of no use.
std::shared_ptr<const messages::DkimSigner> make_signer(const Config& config);

/// What mail of ours may be signed with: the keys that sign, and those that only are published (the next one,
/// or the last one). Throws as make_signer.
messages::DkimKeys known_keys(const Config& config);

/// A zone file's lines (RFC 1035 section 5.1): every key of DKIM, SPF (RFC 7208), DMARC (RFC 7489), MTA-STS
/// (RFC 8461) with its policy as a comment, TLS reports (RFC 8460). Throws as make_signer.
std::string dns_records(const Config& config);

}  // namespace sallyport::app
