#pragma once
// How a row of each channel becomes a message and is handed over (deliver.h).
#include "slices/messages/deliver.h"

#include <memory>

namespace sallyport::messages {

/// What is referred to outlives it.
std::unique_ptr<Carrier> mail_carrier(ports::Mailer& mailer, const store::Keys& keys, MailRenderer render,
                                      Sender sender);
std::unique_ptr<Carrier> text_carrier(ports::Texter& texter, TextRenderer render);

}  // namespace sallyport::messages
