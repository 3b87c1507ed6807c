# Beside the files that are installed, before they become a package.
set(etc "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/etc")
file(MAKE_DIRECTORY "${etc}/consent-sync/jobs")
file(CHMOD_RECURSE "${etc}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
