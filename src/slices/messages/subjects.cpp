#include "slices/messages/subjects.h"

#include "render/messages.h"
#include "slices/messages/mails.h"
#include "slices/messages/texts.h"

namespace sallyport::messages {

std::string subject_of(std::string_view mail, const proof::Brand& brand, render::Language language)
{
    auto subject = mail_subject_of(mail);
    if (!subject) subject = text_subject_of(mail);
    return render::text(language, subject.value_or(render::Msg::messages_other),
                        {{"brand", brand.name}, {"host", brand.host}});
}

}  // namespace sallyport::messages
