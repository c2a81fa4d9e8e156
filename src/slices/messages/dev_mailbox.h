#pragma once
// Development only: mail stays here instead of leaving. `sallyport dev` alone makes one (routes:
// endpoints.h).
#include "base/mutex.h"
#include "ports/mailer.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace sallyport::messages {

/// A Mailer that keeps the newest messages in memory. Any thread.
class DevMailbox final : public ports::Mailer {
public:
    static constexpr std::size_t messages_max = 200;

    struct Message {
        std::uint64_t number;  // 1 for the first since start
        std::shared_ptr<const ports::OutgoingMail> mail;
    };

    Task<ports::MailResult> send(ports::OutgoingMail mail) override;
    /// Newest first.
    [[nodiscard]] std::vector<Message> messages() const;

private:
    mutable Mutex m_mutex;
    std::deque<Message> m_messages GUARDED_BY(m_mutex);
    std::uint64_t m_last GUARDED_BY(m_mutex) = 0;
};

}  // namespace sallyport::messages
