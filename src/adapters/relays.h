#pragma once
// Several relays as one: a message goes to the first, in the operator's order, that takes it. A relay that is
// out of reach rests, while another takes its mail; one that may already have the message is not doubled by
// another (RFC 5321 section 4.5.3.2.6 leaves that open for every sender).
#include "base/mutex.h"
#include "ports/mailer.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sallyport::adapters {

/// How long a relay rests after its first failure; doubled with each further one up to the longest.
inline constexpr std::chrono::seconds first_rest{15};
inline constexpr std::chrono::seconds longest_rest{300};

class Relays final : public ports::Mailer {
public:
    using Moment = std::chrono::steady_clock::time_point;
    struct Relay {
        std::string name;  // for the log: host and port
        std::unique_ptr<ports::Mailer> mailer;
    };
    /// CHECK: at least one. `now` is for tests.
    explicit Relays(std::vector<Relay> relays, std::function<Moment()> now = std::chrono::steady_clock::now);

    /// accepted and refused are one relay's verdict; unclear ends the search. Where none takes the message
    /// the answer is the last one's. A relay that rests is asked where no other takes it: a message is the
    /// probe.
    Task<ports::MailResult> send(ports::OutgoingMail mail) override;
    [[nodiscard]] bool has_room() const override;

private:
    struct Health {
        std::int64_t failures = 0;
        Moment rests_until{};
    };
    [[nodiscard]] std::vector<std::size_t> order() const EXCLUDES(m_mutex);
    void note(std::size_t which, const ports::MailResult& result) EXCLUDES(m_mutex);

    const std::vector<Relay> m_relays;
    const std::function<Moment()> m_now;
    mutable Mutex m_mutex;
    std::vector<Health> m_health GUARDED_BY(m_mutex);
};

}  // namespace sallyport::adapters
