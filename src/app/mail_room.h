#pragma once
// Mail on its way out: the outbox worker, and where its messages go (a relay, or the development mailbox).
#include "app/config.h"
#include "proof/world.h"

#include <memory>

namespace sallyport::app {

class MailRoom {
public:
    MailRoom(const Config& config, proof::World& world, bool development);
    ~MailRoom();
    /// There is new mail in the outbox. Any thread.
    void wake();

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace sallyport::app
