#include "adapters/relays.h"

#include "base/check.h"
#include "base/log.h"
#include "base/secret.h"

#include <algorithm>
#include <tuple>

namespace sallyport::adapters {

using ports::MailOutcome;
using ports::MailResult;

Relays::Relays(std::vector<Relay> relays, std::function<Moment()> now)
    : m_relays(std::move(relays)), m_now(std::move(now)), m_health(m_relays.size())
{
    CHECK(!m_relays.empty());
}

/// Those that do not rest, then those that do; among equals one that would send at once goes first.
std::vector<std::size_t> Relays::order() const
{
    std::vector<std::tuple<bool, bool, std::size_t>> ranks;
    const Moment now = m_now();
    {
        const Lock lock(m_mutex);
        for (std::size_t i = 0; i < m_relays.size(); ++i)
            ranks.emplace_back(m_health[i].rests_until > now, !m_relays[i].mailer->has_room(), i);
    }
    std::ranges::sort(ranks);
    std::vector<std::size_t> order;
    for (const auto& [rests, full, which] : ranks) order.push_back(which);
    return order;
}

void Relays::note(std::size_t which, const MailResult& result)
{
    const bool failed = result.outcome == MailOutcome::unreachable || result.outcome == MailOutcome::unclear;
    const Lock lock(m_mutex);
    Health& health = m_health[which];
    if (!failed) {
        if (health.failures > 0)
            log::write(log::Level::info, "relay_back", {{"relay", m_relays[which].name}});
        health = {};
        return;
    }
    // Several messages may have been on their way when it failed: they are one failure.
    const Moment now = m_now();
    if (health.rests_until > now) return;
    auto rest = first_rest;
    for (std::int64_t i = 0; i < health.failures && rest < longest_rest; ++i) rest *= 2;
    health.rests_until = now + std::min(rest, longest_rest);
    ++health.failures;
    log::write(log::Level::warning, "relay_fails", {{"relay", m_relays[which].name}, {"why", result.detail}});
}

bool Relays::has_room() const
{
    return std::ranges::any_of(m_relays, [](const Relay& relay) { return relay.mailer->has_room(); });
}

Task<MailResult> Relays::send(ports::OutgoingMail mail)
{
    const std::vector<std::size_t> order = this->order();
    MailResult result{MailOutcome::try_again, {}};
    for (const std::size_t which : order) {
        ports::Mailer& relay = *m_relays[which].mailer;
        ports::OutgoingMail copy = mail;
        auto answer = co_await relay.send(std::move(copy));
        note(which, answer);
        result = std::move(answer);
        if (result.outcome != MailOutcome::try_again && result.outcome != MailOutcome::unreachable) break;
    }
    for (std::string* part : {&mail.raw, &mail.text, &mail.html}) wipe_text(*part);
    co_return result;
}

}  // namespace sallyport::adapters
