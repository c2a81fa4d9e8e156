#pragma once
// Tokens that tell an app behind the proxy who asks: a compact JWS (RFC 7519 claims) of 60 s, signed by
// EdDSA. One is used for 30 s of a session's requests, so that a busy session costs one signature in that
// time.
#include "base/ids.h"
#include "base/mutex.h"
#include "base/time.h"
#include "crypto/jws.h"
#include "ports/clock.h"
#include "ports/random.h"

#include <map>
#include <string>
#include <string_view>

namespace sallyport::session_check {

class AccessTokens {
public:
    static constexpr Duration life = std::chrono::seconds{60};
    static constexpr Duration used_for = std::chrono::seconds{30};
    static constexpr std::size_t held_max = 10'000;

    struct Holder {
        SessionId session;
        AccountId account;
        std::int64_t level;
        Instant session_ends_at;
    };

    /// `origin` is issuer and audience: the app is under it. What is referred to outlives this and is safe on
    /// any thread.
    AccessTokens(const crypto::JwsSigner& signer, const ports::Clock& clock, ports::Random& random,
                 std::string origin);

    /// For a session that is in force at this moment: iss, aud, sub, level, iat, exp, jti. Any thread.
    std::string token_for(const Holder& holder);

private:
    struct Held {
        AccountId account;
        std::int64_t level;
        Instant made_at;
        std::string token;
    };
    [[nodiscard]] std::string sign(const Holder& holder, Instant now) const;
    void make_room(Instant now) REQUIRES(m_mutex);

    const crypto::JwsSigner& m_signer;
    const ports::Clock& m_clock;
    ports::Random& m_random;
    const std::string m_origin;
    Mutex m_mutex;
    std::map<Uuid, Held> m_held GUARDED_BY(m_mutex);
};

}  // namespace sallyport::session_check
