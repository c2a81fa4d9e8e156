#include "slices/session_check/access_tokens.h"

#include "base/check.h"
#include "slices/session_check/session_json.h"

#include <algorithm>

namespace sallyport::session_check {

namespace {

constexpr std::size_t id_bytes = 16;

/// The configuration takes origins only (app/config.cpp): nothing in one needs escaping in JSON.
bool is_plain_origin(std::string_view origin)
{
    return std::ranges::all_of(origin, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

AccessTokens::AccessTokens(const crypto::JwsSigner& signer, const ports::Clock& clock, ports::Random& random,
                           std::string origin)
    : m_signer(signer), m_clock(clock), m_random(random), m_origin(std::move(origin))
{
    CHECK(is_plain_origin(m_origin));
}

std::string AccessTokens::sign(const Holder& holder, Instant now) const
{
    const Instant ends = std::min(now + life, holder.session_ends_at);
    std::string claims = "{\"iss\":\"" + m_origin + "\",\"aud\":\"" + m_origin + "\",\"sub\":\"";
    claims.append(holder.account.text()).append("\",\"level\":\"").append(level_name(holder.level));
    claims.append("\",\"iat\":").append(std::to_string(to_unix_seconds(now)));
    claims.append(",\"exp\":").append(std::to_string(to_unix_seconds(ends)));
    claims.append(",\"jti\":\"").append(to_base64url(m_random.bytes(id_bytes))).append("\"}");
    return m_signer.sign(claims);
}

std::string AccessTokens::token_for(const Holder& holder)
{
    const Instant now = m_clock.now();
    {
        const Lock lock(m_mutex);
        const auto at = m_held.find(holder.session.value());
        if (at != m_held.end()) {
            const Held& held = at->second;
            const bool fresh = now >= held.made_at && now - held.made_at < used_for;
            if (fresh && held.level == holder.level && held.account == holder.account) return held.token;
        }
    }
    std::string token = sign(holder, now);
    const Lock lock(m_mutex);
    make_room(now);
    m_held.insert_or_assign(holder.session.value(), Held{holder.account, holder.level, now, token});
    return token;
}

void AccessTokens::make_room(Instant now)
{
    if (m_held.size() < held_max) return;
    std::erase_if(m_held, [now](const auto& entry) { return now - entry.second.made_at >= used_for; });
    if (m_held.size() >= held_max) m_held.clear();  // they are only saved signatures
}

}  // namespace sallyport::session_check
