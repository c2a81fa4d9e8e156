#include "slices/messages/dev_phone.h"

namespace sallyport::messages {

Task<ports::TextResult> DevPhone::send(ports::OutgoingText text)
{
    const Lock lock(m_mutex);
    m_texts.push_front({++m_last, std::move(text)});
    if (m_texts.size() > texts_max) m_texts.pop_back();
    co_return ports::TextResult{ports::TextOutcome::accepted, "kept in the development phone"};
}

std::vector<DevPhone::Text> DevPhone::texts() const
{
    const Lock lock(m_mutex);
    return {m_texts.begin(), m_texts.end()};
}

}  // namespace sallyport::messages
