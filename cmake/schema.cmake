# schema/*.sql, embedded in order as db::all_migrations().
file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/*.sql)
list(SORT migrations)
set(entries "")
foreach(file IN LISTS migrations)
    get_filename_component(name ${file} NAME_WE)
    string(REGEX REPLACE "^0*([0-9]+)_.*$" "\\1" version ${name})
    file(READ ${file} text)
    string(APPEND entries "    Migration{${version}, \"${name}\", ")
    string(APPEND entries "R\"SALLYPORT_SQL(${text})SALLYPORT_SQL\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/migrations.cpp @ONLY CONTENT
"// Made by cmake/schema.cmake from schema/.
#include \"db/migrations.h\"

#include <array>

namespace sallyport::db {

std::span<const Migration> all_migrations()
{
    static constexpr auto migrations = std::to_array<Migration>({
${entries}    });
    return migrations;
}

}  // namespace sallyport::db
")
target_sources(room_db PRIVATE ${CMAKE_BINARY_DIR}/generated/migrations.cpp)
