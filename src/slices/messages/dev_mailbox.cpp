#include "slices/messages/dev_mailbox.h"

namespace sallyport::messages {

Task<ports::MailResult> DevMailbox::send(ports::OutgoingMail mail)
{
    auto kept = std::make_shared<const ports::OutgoingMail>(std::move(mail));
    const Lock lock(m_mutex);
    m_messages.push_front({++m_last, std::move(kept)});
    if (m_messages.size() > messages_max) m_messages.pop_back();
    co_return ports::MailResult{ports::MailOutcome::accepted, "kept in the development mailbox"};
}

std::vector<DevMailbox::Message> DevMailbox::messages() const
{
    const Lock lock(m_mutex);
    return {m_messages.begin(), m_messages.end()};
}

}  // namespace sallyport::messages
