"""First and last versions of httpd's directives, and those that a build for Debian lacks.

From the "Compatibility" lines of the 2.4.71 manual, "Upgrading to 2.4 from 2.2", "Upgrading to 2.2 from 2.0",
"Upgrading to 2.0 from 1.3", and the answers of httpd 2.4.71 (see the tests). 2.3 was never released: what came with it
counts as 2.4.
"""

#: Version, then names; a module's name stands for all its directives that are not named themselves.
SINCE = """
2.4 AllowOverrideList AsyncRequestWorkerFactor AuthLDAPAuthorizePrefix AuthLDAPCompareAsUser
2.4 AuthLDAPInitialBindAsUser AuthLDAPInitialBindPattern AuthLDAPMaxSubGroupDepth AuthLDAPSearchAsUser
2.4 AuthLDAPSubGroupAttribute AuthLDAPSubGroupClass AuthMerging AuthzProviderAlias AuthzSendForbiddenOnFailure
2.4 BalancerGrowth CacheDetailHeader CacheHeader CacheKeyBaseURL CacheQuickHandler CacheStaleOnError Define
2.4 DirectoryIndexRedirect Else ElseIf Error HeartbeatStorage If IncludeOptional IndexIgnoreReset
2.4 LDAPConnectionPoolTTL LDAPTimeout mod_allowmethods.c mod_auth_form.c mod_authn_socache.c mod_authz_dbd.c
2.4 mod_buffer.c mod_heartbeat.c mod_heartmonitor.c mod_log_debug.c mod_lua.c mod_proxy_express.c
2.4 mod_privileges.c mod_proxy_fcgi.c mod_proxy_html.c mod_remoteip.c mod_request.c mod_sed.c mod_session.c mod_session_cookie.c
2.4 mod_session_crypto.c mod_session_dbd.c mod_watchdog.c mod_xml2enc.c Mutex ProxyAddHeaders
2.4 ProxyFtpEscapeWildcards ProxyFtpListOnWildcard ProxySourceAddress RequireAll RequireAny RequireNone
2.4 SSILegacyExprParser SSLSessionTicketKeyFile UnDefine
2.4.2 DefaultRuntimeDir
2.4.3 LuaAuthzProvider SSLCompression
2.4.4 BalancerPersist SSLSRPUnknownUserSeed SSLSRPVerifierFile
2.4.5 AuthBasicFake BalancerInherit LuaInputFilter LuaOutputFilter mod_cache_socache.c mod_macro.c
2.4.5 mod_proxy_wstunnel.c ProxyPassInherit SSLProxyCheckPeerName
2.4.7 AuthBasicUseDigestAlgorithm
2.4.8 DirectoryCheckHandler SSLOpenSSLConfCmd
2.4.10 CGIDScriptTimeout DeflateInflateLimitRequestBody DeflateInflateRatioBurst DeflateInflateRatioLimit
2.4.10 mod_authnz_fcgi.c SSLOCSPUseRequestNonce
2.4.11 MergeTrailers SSLSessionTickets SubstituteMaxLineLength
2.4.13 CGIPassAuth LogIOTrackTTFB
2.4.17 MemcacheConnTTL mod_http2.c Protocols ProtocolsHonorOrder SubstituteInheritBefore
2.4.18 H2ModernTLSOnly H2Push H2PushPriority H2TLSCoolDownSecs H2TLSWarmUpSize
2.4.19 GlobalLog H2PushDiarySize SSLOCSPProxyURL
2.4.21 CGIVar mod_proxy_hcheck.c
2.4.24 H2CopyFiles H2EarlyHints H2PushResource
2.4.25 HttpProtocolOptions RegisterHttpMethod
2.4.26 mod_brotli.c ProxyFCGIBackendType ProxyFCGISetEnvIf SSLOCSPNoverify SSLOCSPResponderCertificateFile
2.4.27 ReadBufferSize
2.4.30 mod_md.c mod_proxy_uwsgi.c RegexDefaultOptions
2.4.31 RemoteIPProxyProtocol RemoteIPProxyProtocolExceptions
2.4.34 IfDirective IfFile IfSection
2.4.39 H2Padding MergeSlashes mod_socache_redis.c
2.4.40 Proxy100Continue
2.4.41 SessionExpiryUpdateInterval
2.4.42 CookieHTTPOnly CookieSameSite CookieSecure MDActivationDelay MDCertificateCheck MDContactEmail
2.4.42 MDStapleOthers MDStapling MDStaplingKeepResponse MDStaplingRenewWindow
2.4.47 FlushMaxPipelined FlushMaxThreshold
2.4.48 H2OutputBuffering ProxyWebsocketFallbackToProxyHttp
2.4.49 StrictHostCheck
2.4.50 CheckBasenameMatch
2.4.52 MDExternalAccountBinding
2.4.54 MDRetryDelay MDRetryFailover
2.4.55 DavLockDiscovery H2StreamTimeout MDStoreLocks
2.4.58 AliasPreservePath DavBasePath DeflateAlterETag H2EarlyHint H2MaxDataFrameLen H2ProxyRequests H2WebSockets
2.4.58 MDChallengeDns01Version MDMatchNames RedirectRelative
2.4.59 CGIScriptTimeout
2.4.60 MDCheckInterval
2.4.64 H2MaxHeaderBlockLen MDProfile MDProfileMandatory
2.4.66 MDInitialDelay SSLVHostSNIPolicy
2.4.70 MDHttpProxyCACertificateFile
"""

#: As ``httpd.TABLE``, for the modules of other systems' builds, examples and tests. Contexts are from the manual.
PLATFORMS = """
core.c DLFIMPH f FLAG: CGIMapExtension
 SV - TAKE1: GprofDir
 S - ITERATE: UNCList
 SVDLFIMPH f TAKE1: ScriptInterpreterSource
 S - TAKE1: EnableExceptionHook
mod_isapi.c SVDLFIMPH f FLAG: ISAPIAppendLogToErrors ISAPIAppendLogToQuery ISAPIFakeAsync ISAPILogNotSupported
 SVDLFIMPH f TAKE1: ISAPIReadAheadBuffer
 SV - ITERATE: ISAPICacheFile
mod_nw_ssl.c S - RAW_ARGS: NWSSLTrustedCerts NWSSLUpgradeable SecureListen
mod_privileges.c S - FLAG: DTracePrivileges
 SVDLFIMP - TAKE1: PrivilegesMode
 V - RAW_ARGS: VHostCGIMode VHostCGIPrivs VHostGroup VHostPrivs VHostSecure VHostUser
mpm_netware.c S - TAKE1: MaxThreads StartThreads
"""

#: Name, module, contexts, first version that refuses it, replacement that takes the same arguments or -, note.
REMOVED = """
AcceptMutex mpm_common.c S 2.4 - "Mutex" replaces it.
AccessConfig core.c S 2.0 - Include the file.
AddModule mod_so.c S 2.0 - LoadModule alone loads a module.
AgentLog mod_log_config.c SV 2.0 - CustomLog with %{User-Agent}i replaces it.
Anonymous_Authoritative mod_authn_anon.c DLFIMPH 2.2 - AuthBasicAuthoritative replaces it.
AuthAuthoritative mod_auth.c DLFIMPH 2.2 AuthBasicAuthoritative Renamed in httpd 2.2.
AuthDBAuthoritative mod_auth_db.c DLFIMPH 2.0 - Its module is gone.
AuthDBGroupFile mod_auth_db.c DLFIMPH 2.0 - Its module is gone; AuthDBMGroupFile does the same.
AuthDBMAuthoritative mod_auth_dbm.c DLFIMPH 2.2 - AuthBasicAuthoritative replaces it.
AuthDBUserFile mod_auth_db.c DLFIMPH 2.0 - Its module is gone; AuthDBMUserFile does the same.
AuthDigestEnableQueryStringHack mod_auth_digest.c DLFIMPH 2.2 - BrowserMatch with AuthDigestEnableQueryStringHack=On.
AuthDigestFile mod_auth_digest.c DLFIMPH 2.2 AuthUserFile Renamed in httpd 2.2.
AuthDigestGroupFile mod_auth_digest.c DLFIMPH 2.2 AuthGroupFile Renamed in httpd 2.2.
AuthDigestNonceFormat mod_auth_digest.c DLFIMPH 2.4 - It never had an effect; delete the line.
AuthDefaultAuthoritative mod_authn_default.c DLFIMPH 2.4 - Its module is gone; mod_authn_core refuses what nobody answers for.
AuthLDAPAuthoritative mod_auth_ldap.c DLFIMPH 2.2 - Its module became mod_authnz_ldap.
AuthLDAPEnabled mod_auth_ldap.c DLFIMPH 2.2 - Its module became mod_authnz_ldap.
AuthLDAPFrontPageHack mod_auth_ldap.c DLFIMPH 2.2 - Its module became mod_authnz_ldap.
AuthzDBMAuthoritative mod_authz_dbm.c DLFIMPH 2.4 - Require directives and containers decide since 2.4.
AuthzDefaultAuthoritative mod_authz_default.c DLFIMPH 2.4 - Its module is gone; Require decides.
AuthzGroupFileAuthoritative mod_authz_groupfile.c DLFIMPH 2.4 - Require directives and containers decide since 2.4.
AuthzLDAPAuthoritative mod_authnz_ldap.c DLFIMPH 2.4 - Require directives and containers decide since 2.4.
AuthzOwnerAuthoritative mod_authz_owner.c DLFIMPH 2.4 - Require directives and containers decide since 2.4.
AuthzUserAuthoritative mod_authz_user.c DLFIMPH 2.4 - Require directives and containers decide since 2.4.
BS2000Account core.c S 2.4 - For BS2000 machines only.
BindAddress core.c S 2.0 - Listen replaces it, with the port.
CacheExpiryCheck mod_cache.c SV 2.2 - Removed in httpd 2.2.
CacheForceCompletion mod_cache.c SV 2.2 - Removed in httpd 2.2.
CacheGcClean mod_disk_cache.c SV 2.2 - The program htcacheclean replaces it.
CacheGcDaily mod_disk_cache.c SV 2.2 - The program htcacheclean replaces it.
CacheGcInterval mod_disk_cache.c SV 2.2 - The program htcacheclean replaces it.
CacheGcMemUsage mod_disk_cache.c SV 2.2 - The program htcacheclean replaces it.
CacheGcUnused mod_disk_cache.c SV 2.2 - The program htcacheclean replaces it.
CacheSize mod_disk_cache.c SV 2.2 - The program htcacheclean replaces it.
CacheTimeMargin mod_cache.c SV 2.2 - Removed in httpd 2.2.
ChildPerUserID perchild.c S 2.2 - Its MPM is gone.
ClearModuleList mod_so.c S 2.0 - LoadModule alone loads a module.
CookieLog mod_log_config.c SV 2.4 - CustomLog with %{cookie}n replaces it.
FancyIndexing mod_autoindex.c SVDLFIMPH 2.0 - "IndexOptions FancyIndexing" replaces it.
DumpIOLogLevel mod_dumpio.c S 2.4 - "LogLevel dumpio:trace7" replaces it.
LDAPTrustedCA util_ldap.c S 2.2 - LDAPTrustedGlobalCert replaces it.
LDAPTrustedCAType util_ldap.c S 2.2 - LDAPTrustedGlobalCert replaces it.
LockFile mpm_common.c S 2.4 - "Mutex" replaces it.
MCacheMaxObjectCount mod_mem_cache.c S 2.4 - Its module is gone; see mod_cache_socache.
MCacheMaxObjectSize mod_mem_cache.c S 2.4 - Its module is gone; see mod_cache_socache.
MCacheMaxStreamingBuffer mod_mem_cache.c S 2.4 - Its module is gone; see mod_cache_socache.
MCacheMinObjectSize mod_mem_cache.c S 2.4 - Its module is gone; see mod_cache_socache.
MCacheRemovalAlgorithm mod_mem_cache.c S 2.4 - Its module is gone; see mod_cache_socache.
MCacheSize mod_mem_cache.c S 2.4 - Its module is gone; see mod_cache_socache.
MaxRequestsPerThread beos.c S 2.4 - Its MPM is gone.
MaxThreadsPerChild perchild.c S 2.2 - Its MPM is gone.
NumServers perchild.c S 2.2 - Its MPM is gone.
Port core.c SV 2.0 - Listen, and the port in ServerName, replace it.
RefererIgnore mod_log_config.c SV 2.0 - CustomLog with env= replaces it.
RefererLog mod_log_config.c SV 2.0 - CustomLog with %{Referer}i replaces it.
ResourceConfig core.c S 2.0 - Include the file.
RewriteLock mod_rewrite.c S 2.4 - "Mutex" replaces it.
RewriteLog mod_rewrite.c SV 2.4 - "LogLevel rewrite:trace3" and the ErrorLog replace it.
RewriteLogLevel mod_rewrite.c SV 2.4 - "LogLevel rewrite:trace3" and the like replace it.
SSIEnableAccess mod_include.c DLFIMPH 2.4 - The operator -A works without it.
SSLLog mod_ssl.c SV 2.0 - ErrorLog replaces it.
SSLLogLevel mod_ssl.c SV 2.0 - "LogLevel ssl:..." replaces it.
SSLMutex mod_ssl.c S 2.4 - "Mutex" replaces it.
SSLStaplingMutex mod_ssl.c S 2.4 - "Mutex" replaces it.
ServerType core.c S 2.0 - httpd is always standalone.
WatchdogMutexPath mod_watchdog.c S 2.4 - "Mutex" replaces it.
Win32DisableAcceptEx mpm_winnt.c S 2.4 - "AcceptFilter http none" replaces it.
"""

#: Name, first version in which it is so, replacement that takes the same arguments or -, note.
DEPRECATED = """
Allow 2.4 - mod_access_compat's; "Require" replaces it.
Deny 2.4 - mod_access_compat's; "Require" replaces it.
Order 2.4 - mod_access_compat's; "Require" replaces it.
Satisfy 2.4 - mod_access_compat's; RequireAll and RequireAny replace it.
DefaultType 2.4 - No effect; any value but "none" is warned about. AddType or ForceType name types.
MaxClients 2.4 MaxRequestWorkers Renamed in httpd 2.4; the old name still works.
MaxRequestsPerChild 2.4 MaxConnectionsPerChild Renamed in httpd 2.4; the old name still works.
MDDriveMode 2.4.42 MDRenewMode Renamed; the old name still works.
NameVirtualHost 2.4 - No effect: all addresses with several virtual hosts are name-based.
SSLCertificateChainFile 2.4.8 - SSLCertificateFile takes the chain too.
SSLRequire 2.4 - "Require expr" replaces it.
"""
