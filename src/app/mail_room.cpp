#include "app/mail_room.h"

namespace sallyport::app {

struct MailRoom::Parts {};

MailRoom::MailRoom(const Config&, proof::World&, bool) : m_parts(std::make_unique<Parts>()) {}
MailRoom::~MailRoom() = default;
void MailRoom::wake() {}

}  // namespace sallyport::app
