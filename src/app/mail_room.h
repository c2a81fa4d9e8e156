#pragma once
// Mail on its way out: the outbox worker, and where its messages go (a relay, or the development mailbox).
#include "app/config.h"
#include "proof/world.h"
#include "slices/messages/dev_mailbox.h"

#include <memory>

namespace sallyport::app {

class MailRoom {
public:
    /// Throws StartFailed with words for the operator. `development`: mail stays in memory.
    MailRoom(const Config& config, proof::World& world, bool development);
    ~MailRoom();
    /// There is new mail in the outbox. Any thread.
    void wake();
    /// Null in production.
    [[nodiscard]] const messages::DevMailbox* dev_mailbox() const noexcept;
    /// Delivered, delayed and failed since start, for metrics.
    struct Counts {
        std::uint64_t delivered, delayed, failed;
    };
    [[nodiscard]] Counts counts() const noexcept;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace sallyport::app
