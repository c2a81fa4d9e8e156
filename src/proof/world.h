#pragma once
// What every use case works with: the database, the outside world as ports, the keys, and the numbers in
// force. Made once in app/ and handed down by reference; it outlives every request.
#include "crypto/password_hash.h"
#include "crypto/password_pool.h"
#include "db/database.h"
#include "policy/challenge.h"
#include "policy/passwords.h"
#include "policy/profile.h"
#include "policy/sessions.h"
#include "policy/sign_in.h"
#include "policy/step_up.h"
#include "policy/throttle.h"
#include "policy/trusted_browsers.h"
#include "ports/breach_range.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "store/keys.h"
#include "store/sessions.h"

#include <functional>
#include <string>
#include <vector>

namespace sallyport::proof {

/// Whose door this is: the operator's words and addresses, never a request's.
struct Brand {
    std::string name;
    std::vector<std::string> names;                 // refused in passwords and words, `name` among them
    std::string origin;                             // "https://accounts.example"
    std::string host;                               // "accounts.example"
    std::string support_address;                    // may be empty
    std::string terms{};                            // an https address, or empty
    std::string rp_id = {};                         // WebAuthn RP ID: the host, or a domain above it
    std::vector<std::string> related_origins = {};  // where the same passkeys count (section 5.11)
};

struct World {
    db::Database& database;
    const ports::Clock& clock;
    ports::Random& random;
    store::Keys keys;
    const crypto::Peppers& peppers;
    crypto::PasswordPool& hashes;
    ports::BreachRange* breach_range;  // null: none is configured
    crypto::HashParameters hash_parameters;
    policy::throttle::Limits throttle;
    policy::sessions::Limits sessions;
    policy::passwords::Limits passwords;
    bool second_factor_mandatory;
    Brand brand;
    /// Called after a commit that wrote mail: the worker looks at once.
    std::function<void()> mail_is_waiting;
    policy::sign_in::Limits sign_in{};
    policy::step_up::Limits step_up{};
    /// Which methods the operator takes.
    policy::profile::Table methods = {};
    policy::challenge::Limits codes = {};
    policy::challenge::SmsLimits texts = {};
    std::vector<std::string> text_regions = {};  // ISO 3166-1 alpha-2; empty: all
    bool text_calls = false;                     // the service makes calls, too
    policy::trusted_browsers::Limits trust = {};
};

/// Who asks, as far as a request tells.
struct Asker {
    std::string address;                           // network address, as text
    std::string network;                           // IPv4 address or IPv6 /64: the key of a network's budget
    std::string browser;                           // "Firefox on Linux"
    std::string language;                          // BCP 47
    std::vector<store::TokenHash> browser_tokens;  // of the known-browser cookie, one for each account
};

}  // namespace sallyport::proof
