#pragma once
// Mail and text messages on their way out: a worker of the outbox for each, and where what they take goes (a
// relay and a service, or the development mailbox and phone).
#include "app/config.h"
#include "proof/world.h"
#include "slices/messages/dev_mailbox.h"
#include "slices/messages/dev_phone.h"

#include <memory>

namespace sallyport::app {

class MailRoom {
public:
    /// Throws StartFailed with words for the operator. `development`: mail and texts stay in memory.
    MailRoom(const Config& config, proof::World& world, bool development);
    ~MailRoom();
    /// There is something new in the outbox. Any thread.
    void wake();
    /// Null in production.
    [[nodiscard]] const messages::DevMailbox* dev_mailbox() const noexcept;
    [[nodiscard]] const messages::DevPhone* dev_phone() const noexcept;
    /// Delivered, delayed and failed since start, for metrics.
    struct Counts {
        std::uint64_t delivered, delayed, failed;
    };
    [[nodiscard]] Counts counts() const noexcept;
    [[nodiscard]] Counts text_counts() const noexcept;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace sallyport::app
