"""httpd's own directives: the table that tools/httpd_directives.py prints, for httpd 2.4.71 as Debian builds it.

Each line: module (the one above where there is none), contexts, AllowOverride classes, args_how, ``read`` for what is
executed while the file is read; then the names of that shape. Contexts: S server, V virtual host, D Directory,
L Location, F Files, I If, M Limit, P Proxy, H .htaccess. Classes: l Limit, o Options, f FileInfo, a AuthConfig,
i Indexes; with all five, anything but ``AllowOverride None`` will do.
"""

#: Of what Debian ships, each module whose file is called mod_NAME.c and whose LoadModule name is NAME_module.
MODULES = """
    access_compat actions alias allowmethods asis auth_basic auth_digest auth_form authn_anon authn_core
    authn_dbd authn_dbm authn_file authn_socache authnz_fcgi authnz_ldap authz_core authz_dbd authz_dbm
    authz_groupfile authz_host authz_owner authz_user autoindex brotli bucketeer buffer cache cache_disk
    cache_socache case_filter case_filter_in cern_meta cgi cgid charset_lite data dav dav_fs dav_lock dbd
    deflate dialup dir dumpio echo env expires ext_filter file_cache filter headers heartbeat heartmonitor http2
    ident imagemap include info lbmethod_bybusyness lbmethod_byrequests lbmethod_bytraffic lbmethod_heartbeat
    log_config log_debug log_forensic logio lua macro md mime mime_magic negotiation proxy proxy_ajp
    proxy_balancer proxy_connect proxy_express proxy_fcgi proxy_fdpass proxy_ftp proxy_hcheck proxy_html
    proxy_http proxy_http2 proxy_scgi proxy_uwsgi proxy_wstunnel ratelimit reflector remoteip reqtimeout request
    rewrite sed session session_cookie session_crypto session_dbd setenvif slotmem_plain slotmem_shm so
    socache_dbm socache_memcache socache_redis socache_shmcb speling ssl status substitute suexec unique_id
    unixd userdir usertrack version vhost_alias watchdog wsgi xml2enc
"""

TABLE = """
core.c DLFIMP - RAW_ARGS: AllowOverride
 DLFIMP - TAKE_ARGV: AllowOverrideList
 DLFIMPH a FLAG: CGIPassAuth
 DLFIMPH la RAW_ARGS: <Limit <LimitExcept
 S - FLAG: ExtendedStatus SeeRequestTail
 S - ITERATE: RegisterHttpMethod
 S - RAW_ARGS: <VirtualHost Mutex RegexDefaultOptions
 S - TAKE1: CoreDumpDirectory MaxConnectionsPerChild MaxMemFree MaxRequestsPerChild PidFile ScoreBoardFile ServerTokens
 S - TAKE1: ThreadStackSize
 S - TAKE2: AcceptFilter
 SV - FLAG: MergeSlashes MergeTrailers StrictHostCheck
 SV - ITERATE: HttpProtocolOptions Protocols
 SV - RAW_ARGS: <Directory <DirectoryMatch <Location <LocationMatch AccessFileName
 SV - TAKE1: AllowEncodedSlashes DocumentRoot ErrorLog FlushMaxPipelined FlushMaxThreshold LimitRequestFields
 SV - TAKE1: LimitRequestFieldSize LimitRequestLine NameVirtualHost Port Protocol ProtocolsHonorOrder ServerAdmin
 SV - TAKE1: ServerName ServerPath Timeout TraceEnable
 SV - TAKE12: ErrorLogFormat LimitInternalRecursion
 SVDFIPH lofai RAW_ARGS: <Files <FilesMatch
 SVDLFIMP - ITERATE: LogLevel
 SVDLFIMP - TAKE1: HostnameLookups MaxRangeOverlaps MaxRangeReversals MaxRanges ReadBufferSize UseCanonicalName
 SVDLFIMP - TAKE1: UseCanonicalPhysicalPort
 SVDLFIMP - TAKE1 read: DefaultRuntimeDir Include IncludeOptional ServerRoot UnDefine
 SVDLFIMP - TAKE12 read: Define
 SVDLFIMPH f FLAG: QualifyRedirectURL
 SVDLFIMPH f RAW_ARGS: FileETag
 SVDLFIMPH f TAKE1: AcceptPathInfo AddDefaultCharset DefaultType EnableMMAP EnableSendfile ForceType SetHandler
 SVDLFIMPH f TAKE1: SetInputFilter SetOutputFilter
 SVDLFIMPH f TAKE2: CGIVar ErrorDocument
 SVDLFIMPH lofai RAW_ARGS: Error
 SVDLFIMPH lofai RAW_ARGS read: <IfDefine <IfDirective <IfFile <IfModule <IfSection
 SVDLFIMPH lofai TAKE1: LimitRequestBody LimitXMLRequestBody ServerSignature
 SVDLFIMPH lofai TAKE12: RLimitCPU RLimitMEM RLimitNPROC
 SVDLFIMPH o FLAG: ContentDigest
 SVDLFIMPH o RAW_ARGS: Options
 SVDLFIPH lofai RAW_ARGS: <Else <ElseIf <If
 V - RAW_ARGS: ServerAlias
event.c S - TAKE1: AsyncRequestWorkerFactor GracefulShutdownTimeout ListenBackLog ListenCoresBucketsRatio
 S - TAKE1: ListenTCPDeferAccept MaxClients MaxRequestWorkers MaxSpareThreads MinSpareThreads ReceiveBufferSize
 S - TAKE1: SendBufferSize ServerLimit StartServers ThreadLimit ThreadsPerChild
 S - TAKE_ARGV: Listen
http_core.c SV - FLAG: KeepAlive
 SV - TAKE1: KeepAliveTimeout MaxKeepAliveRequests
mod_access_compat.c DLFIMPH a TAKE1: Satisfy
 DLFIMPH l ITERATE2: Allow Deny
 DLFIMPH l TAKE1: Order
mod_actions.c SVDLFIMP - TAKE2: Script
 SVDLFIMPH f TAKE23: Action
mod_alias.c SV - TAKE2: AliasMatch ScriptAliasMatch
 SVDLFIMPH f FLAG: AliasPreservePath RedirectRelative
 SVDLFIMPH f TAKE123: Redirect
 SVDLFIMPH f TAKE2: RedirectPermanent RedirectTemp
 SVDLFIMPH f TAKE23: RedirectMatch
 SVLP - TAKE12: Alias ScriptAlias
mod_allowmethods.c DLFIMP - TAKE_ARGV: AllowMethods
mod_auth_basic.c DLFIMPH a FLAG: AuthBasicAuthoritative
 DLFIMPH a ITERATE: AuthBasicProvider
 DLFIMPH a TAKE1: AuthBasicUseDigestAlgorithm
 DLFIMPH a TAKE12: AuthBasicFake
mod_auth_digest.c DLFIMPH a FLAG: AuthDigestNcCheck
 DLFIMPH a ITERATE: AuthDigestDomain AuthDigestProvider AuthDigestQop
 DLFIMPH a TAKE1: AuthDigestAlgorithm AuthDigestNonceLifetime
 SV - TAKE1: AuthDigestShmemSize
mod_auth_form.c DLFIMP - TAKE1: AuthFormSize
 DLFIMPH a FLAG: AuthFormAuthoritative AuthFormDisableNoStore AuthFormFakeBasicAuth
 DLFIMPH a ITERATE: AuthFormProvider
 DLFIMPH a TAKE1: AuthFormBody AuthFormLocation AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation
 DLFIMPH a TAKE1: AuthFormLogoutLocation AuthFormMethod AuthFormMimetype AuthFormPassword AuthFormSitePassphrase
 DLFIMPH a TAKE1: AuthFormUsername
mod_authn_anon.c DLFIMPH a FLAG: Anonymous_LogEmail Anonymous_MustGiveEmail Anonymous_NoUserID Anonymous_VerifyEmail
 DLFIMPH a ITERATE: Anonymous
mod_authn_core.c DLFIMPH a TAKE1: AuthName AuthType
 S - RAW_ARGS: <AuthnProviderAlias
mod_authn_dbd.c DLFIMP - TAKE1: AuthDBDUserPWQuery AuthDBDUserRealmQuery
mod_authn_dbm.c DLFIMPH a TAKE1: AuthDBMType AuthDBMUserFile
mod_authn_file.c DLFIMPH a TAKE1: AuthUserFile
mod_authn_socache.c DLFIMP - TAKE1: AuthnCacheContext
 DLFIMPH a ITERATE: AuthnCacheProvideFor
 DLFIMPH a TAKE1: AuthnCacheTimeout
 S - RAW_ARGS: AuthnCacheEnable
 S - TAKE1: AuthnCacheSOCache
mod_authnz_fcgi.c S - TAKE_ARGV: AuthnzFcgiDefineProvider
 SVDLFIMPH f TAKE_ARGV: AuthnzFcgiCheckAuthnProvider
mod_authnz_ldap.c DLFIMPH a FLAG: AuthLDAPBindAuthoritative AuthLDAPCompareAsUser AuthLDAPCompareDNOnServer
 DLFIMPH a FLAG: AuthLDAPGroupAttributeIsDN AuthLDAPInitialBindAsUser AuthLDAPRemoteUserIsDN
 DLFIMPH a FLAG: AuthLDAPSearchAsUser
 DLFIMPH a ITERATE: AuthLDAPGroupAttribute AuthLDAPSubGroupAttribute AuthLDAPSubGroupClass
 DLFIMPH a TAKE1: AuthLDAPAuthorizePrefix AuthLDAPBindDN AuthLDAPBindPassword AuthLDAPDereferenceAliases
 DLFIMPH a TAKE1: AuthLDAPMaxSubGroupDepth AuthLDAPRemoteUserAttribute
 DLFIMPH a TAKE12: AuthLDAPURL
 DLFIMPH a TAKE2: AuthLDAPInitialBindPattern
 SV - TAKE1: AuthLDAPCharsetConfig
mod_authz_core.c DLFIMPH a FLAG: AuthzSendForbiddenOnFailure
 DLFIMPH a RAW_ARGS: <RequireAll <RequireAny <RequireNone Require
 DLFIMPH a TAKE1: AuthMerging
 S - RAW_ARGS: <AuthzProviderAlias
mod_authz_dbd.c DLFIMP - FLAG: AuthzDBDLoginToReferer
 DLFIMP - TAKE1: AuthzDBDQuery AuthzDBDRedirectQuery
mod_authz_dbm.c DLFIMPH a TAKE1: AuthDBMGroupFile AuthzDBMType
mod_authz_groupfile.c DLFIMPH a TAKE1: AuthGroupFile
mod_autoindex.c SVDLFIMPH i FLAG: IndexIgnoreReset
 SVDLFIMPH i ITERATE: IndexIgnore
 SVDLFIMPH i ITERATE2: AddAlt AddAltByEncoding AddAltByType AddDescription AddIcon AddIconByEncoding AddIconByType
 SVDLFIMPH i TAKE1: DefaultIcon HeaderName IndexHeadInsert IndexStyleSheet ReadmeName
 SVDLFIMPH i TAKE2: IndexOrderDefault
 SVDLFIMPH i TAKE_ARGV: IndexOptions
 SVDLFIMPH lofai RAW_ARGS: FancyIndexing
mod_brotli.c SV - TAKE1: BrotliAlterETag BrotliCompressionMaxInputBlock BrotliCompressionQuality BrotliCompressionWindow
 SV - TAKE12: BrotliFilterNote
mod_buffer.c DLFIMP - TAKE1: BufferSize
mod_cache.c SV - FLAG: CacheIgnoreCacheControl CacheIgnoreQueryString CacheLock CacheQuickHandler
 SV - ITERATE: CacheIgnoreHeaders CacheIgnoreURLSessionIdentifiers
 SV - TAKE1: CacheKeyBaseURL CacheLockMaxAge CacheLockPath
 SVDLFIMP - FLAG: CacheDetailHeader CacheHeader CacheIgnoreNoLastMod CacheStaleOnError CacheStoreExpired
 SVDLFIMP - FLAG: CacheStoreNoStore CacheStorePrivate
 SVDLFIMP - TAKE1: CacheDefaultExpire CacheLastModifiedFactor CacheMaxExpire CacheMinExpire
 SVLP - TAKE1: CacheDisable
 SVLP - TAKE12: CacheEnable
mod_cache_disk.c SV - TAKE1: CacheDirLength CacheDirLevels CacheRoot
 SVDLFIMP - TAKE1: CacheMaxFileSize CacheMinFileSize CacheReadSize CacheReadTime
mod_cache_socache.c SV - TAKE1: CacheSocache
 SVDLFIMP - TAKE1: CacheSocacheMaxSize CacheSocacheMaxTime CacheSocacheMinTime CacheSocacheReadSize CacheSocacheReadTime
mod_case_filter.c SV - FLAG: CaseFilter
mod_case_filter_in.c SV - FLAG: CaseFilterIn
mod_cern_meta.c SVDLFIMPH i FLAG: MetaFiles
 SVDLFIMPH i TAKE1: MetaDir MetaSuffix
mod_cgi.c SV - TAKE1: ScriptLog ScriptLogBuffer ScriptLogLength
 SVDLFIMP - TAKE1: CGIScriptTimeout
mod_cgid.c S - TAKE1: ScriptSock
 SV - TAKE1: ScriptLog ScriptLogBuffer ScriptLogLength
 SVDLFIMP - TAKE1: CGIDScriptTimeout
mod_charset_lite.c SVDLFIMPH f ITERATE: CharsetOptions
 SVDLFIMPH f TAKE1: CharsetDefault CharsetSourceEnc
mod_dav.c DLFIMP - TAKE1: Dav DavBasePath
 SVDLFIMP - FLAG: DavDepthInfinity DavLockDiscovery
 SVDLFIMP - TAKE1: DavMinTimeout
mod_dav_fs.c SV - TAKE1: DavLockDB
mod_dav_lock.c DLFIMP - TAKE1: DavGenericLockDB
mod_dbd.c SV - FLAG: DBDPersist
 SV - TAKE1: DBDExptime DBDInitSQL DBDKeep DBDMax DBDMin DBDParams DBDriver
 SV - TAKE12: DBDPrepareSQL
mod_deflate.c SV - TAKE1: DeflateAlterETag DeflateBufferSize DeflateCompressionLevel DeflateMemLevel DeflateWindowSize
 SV - TAKE12: DeflateFilterNote
 SVDLFIMPH lofai TAKE1: DeflateInflateLimitRequestBody DeflateInflateRatioBurst DeflateInflateRatioLimit
mod_dialup.c DLFIMP - TAKE1: ModemStandard
mod_dir.c SVDLFIMPH i FLAG: DirectoryCheckHandler DirectorySlash
 SVDLFIMPH i RAW_ARGS: DirectoryIndex
 SVDLFIMPH i TAKE1: DirectoryIndexRedirect FallbackResource
mod_dumpio.c SV - FLAG: DumpIOInput DumpIOOutput
mod_echo.c SV - FLAG: ProtocolEcho
mod_env.c SVDLFIMPH f ITERATE: PassEnv UnsetEnv
 SVDLFIMPH f TAKE12: SetEnv
mod_expires.c SVDLFIMPH i FLAG: ExpiresActive
 SVDLFIMPH i TAKE1: ExpiresDefault
 SVDLFIMPH i TAKE2: ExpiresByType
mod_ext_filter.c DLFIMP - ITERATE: ExtFilterOptions
 SV - RAW_ARGS: ExtFilterDefine
mod_file_cache.c SV - ITERATE: CacheFile MMapFile
mod_filter.c SVDLFIMP - TAKE2: FilterTrace
 SVDLFIMPH f TAKE_ARGV: AddOutputFilterByType
 SVDLFIMPH o ITERATE: FilterChain
 SVDLFIMPH o TAKE12: FilterDeclare
 SVDLFIMPH o TAKE23: FilterProtocol
 SVDLFIMPH o TAKE3: FilterProvider
mod_headers.c SVDLFIMPH f RAW_ARGS: Header RequestHeader
mod_heartbeat.c S - TAKE1: HeartbeatAddress
mod_heartmonitor.c S - TAKE1: HeartbeatListen HeartbeatMaxServers HeartbeatStorage
mod_http2.c SV - TAKE1: H2Direct H2EarlyHints H2MaxDataFrameLen H2MaxHeaderBlockLen H2MaxSessionStreams
 SV - TAKE1: H2MaxStreamErrors H2MaxWorkerIdleSeconds H2MaxWorkers H2MinWorkers H2ModernTLSOnly
 SV - TAKE1: H2OutputBuffering H2Padding H2PushDiarySize H2SerializeHeaders H2SessionExtraFiles
 SV - TAKE1: H2StreamMaxMemSize H2StreamTimeout H2TLSCoolDownSecs H2TLSWarmUpSize H2WebSockets H2WindowSize
 SV - TAKE23: H2PushPriority
 SVDLFIMPH a TAKE1: H2Push H2Upgrade
 SVDLFIMPH f TAKE1: H2CopyFiles H2ProxyRequests
 SVDLFIMPH fa TAKE123: H2PushResource
 SVDLFIMPH fa TAKE2: H2EarlyHint
mod_ident.c SVDLFIMP - FLAG: IdentityCheck
 SVDLFIMP - TAKE1: IdentityCheckTimeout
mod_imagemap.c SVDLFIMPH i TAKE1: ImapBase ImapDefault ImapMenu
mod_include.c DLFIMPH l FLAG: SSIETag SSILastModified SSILegacyExprParser
 SV - TAKE1: SSIEndTag SSIStartTag
 SVDLFIMPH lofai TAKE1: SSIErrorMsg SSITimeFormat SSIUndefinedEcho
 SVDLFIMPH o TAKE1: XBitHack
mod_info.c SV - TAKE2: AddModuleInfo
mod_lbmethod_heartbeat.c S - TAKE1: HeartbeatStorage
mod_log_config.c S - TAKE23: GlobalLog
 SV - FLAG: BufferedLogs
 SV - TAKE1: TransferLog
 SV - TAKE12: LogFormat
 SV - TAKE23: CustomLog
mod_log_debug.c SVDLFIMP - TAKE123: LogMessage
mod_log_forensic.c SV - TAKE1: ForensicLog
mod_logio.c SVDLFIMPH lofai FLAG: LogIOTrackTTFB
mod_lua.c SVDLFIMP - TAKE3 read: LuaAuthzProvider
 SVDLFIMPH lofai RAW_ARGS: Lua_____ByteCodeHack
 SVDLFIMPH lofai RAW_ARGS read: <LuaHookAccessChecker <LuaHookAuthChecker <LuaHookCheckUserID <LuaHookFixups
 SVDLFIMPH lofai RAW_ARGS read: <LuaHookMapToStorage <LuaHookPreTranslateName <LuaHookTranslateName <LuaHookTypeChecker
 SVDLFIMPH lofai RAW_ARGS read: <LuaQuickHandler
 SVDLFIMPH lofai TAKE1: LuaCodeCache LuaInherit LuaPackageCPath LuaPackagePath LuaRoot
 SVDLFIMPH lofai TAKE123: LuaScope
 SVDLFIMPH lofai TAKE2: LuaHookFixups LuaHookInsertFilter LuaHookLog LuaHookMapToStorage LuaHookPreTranslateName
 SVDLFIMPH lofai TAKE2: LuaHookTypeChecker
 SVDLFIMPH lofai TAKE23: LuaHookAccessChecker LuaHookAuthChecker LuaHookCheckUserID
 SVLP lofai TAKE2: LuaQuickHandler
 SVLP lofai TAKE23: LuaHookTranslateName LuaMapHandler
 SVLP lofai TAKE3: LuaInputFilter LuaOutputFilter
mod_macro.c SVDLFIMPH lofai RAW_ARGS read: <Macro MacroIgnoreBadNesting MacroIgnoreEmptyArgs Use
 SVDLFIMPH lofai TAKE1 read: UndefMacro
mod_md.c - - TAKE1: MDCertificateFile MDCertificateKeyFile
 SV - RAW_ARGS: <MDomain <MDomainSet MDChallengeDns01 MDMessageCmd MDNotifyCmd
 SV - TAKE1: MDActivationDelay MDBaseServer MDCACertificateFile MDCertificateAgreement MDCertificateProtocol
 SV - TAKE1: MDCertificateStatus MDChallengeDns01Version MDCheckInterval MDContactEmail MDDriveMode MDHttpProxy
 SV - TAKE1: MDHttpProxyCACertificateFile MDInitialDelay MDMatchNames MDMustStaple MDProfile MDProfileMandatory
 SV - TAKE1: MDRenewMode MDRenewViaARI MDRenewWindow MDRetryDelay MDRetryFailover MDServerStatus MDStapleOthers
 SV - TAKE1: MDStapling MDStaplingKeepResponse MDStaplingRenewWindow MDStoreDir MDStoreLocks MDWarnWindow
 SV - TAKE12: MDExternalAccountBinding MDPortMap
 SV - TAKE2: MDCertificateCheck
 SV - TAKE_ARGV: MDCAChallenges MDCertificateAuthority MDMember MDMembers MDomain MDPrivateKeys
 SVFIPH a TAKE1: MDRequireHttps
mod_mime.c DLFIMP - FLAG: ModMimeUsePathInfo
 SV - TAKE1: TypesConfig
 SVDFIPH f ITERATE: MultiviewsMatch
 SVDLFIMPH f ITERATE: RemoveCharset RemoveEncoding RemoveHandler RemoveInputFilter RemoveLanguage RemoveOutputFilter
 SVDLFIMPH f ITERATE: RemoveType
 SVDLFIMPH f ITERATE2: AddCharset AddEncoding AddHandler AddInputFilter AddLanguage AddOutputFilter AddType
 SVDLFIMPH f TAKE1: DefaultLanguage
mod_mime_magic.c SV - TAKE1: MimeMagicFile
mod_negotiation.c SV - FLAG: CacheNegotiatedDocs
 SVDLFIMPH f ITERATE: ForceLanguagePriority LanguagePriority
mod_proxy.c SV - FLAG: BalancerInherit BalancerPersist ProxyPassInherit ProxyRequests
 SV - ITERATE: NoProxy ProxyBlock
 SV - RAW_ARGS: <Proxy <ProxyMatch
 SV - TAKE1: BalancerGrowth ProxyBadHeader ProxyDomain ProxyIOBufferSize ProxyMaxForwards ProxyReceiveBufferSize
 SV - TAKE1: ProxySourceAddress ProxyStatus ProxyTimeout ProxyVia
 SV - TAKE23: ProxyRemote ProxyRemoteMatch
 SVDLFIMP - FLAG: Proxy100Continue ProxyAddHeaders ProxyPassInterpolateEnv ProxyPreserveHost
 SVDLFIMP - ITERATE: ProxyErrorOverride
 SVDLFIMP - RAW_ARGS: BalancerMember ProxySet
 SVDLFIMP - TAKE23: ProxyPassReverseCookieDomain ProxyPassReverseCookiePath
 SVLP - RAW_ARGS: ProxyPass ProxyPassMatch
 SVLP - TAKE123: ProxyPassReverse
mod_proxy_connect.c SV - ITERATE: AllowCONNECT
mod_proxy_express.c SVDLFIMPH f FLAG: ProxyExpressEnable
 SVDLFIMPH f TAKE1: ProxyExpressDBMFile ProxyExpressDBMType
mod_proxy_fcgi.c SVDLFIMPH f TAKE1: ProxyFCGIBackendType
 SVDLFIMPH f TAKE23: ProxyFCGISetEnvIf
mod_proxy_ftp.c SVDLFIMP - FLAG: ProxyFtpEscapeWildcards ProxyFtpListOnWildcard
 SVDLFIMP - TAKE1: ProxyFtpDirCharset
mod_proxy_hcheck.c S - TAKE1: ProxyHCTPsize
 SVDLFIMPH f RAW_ARGS: ProxyHCExpr ProxyHCTemplate
mod_proxy_html.c SVDLFIMP - FLAG: ProxyHTMLEnable ProxyHTMLExtended ProxyHTMLInterp ProxyHTMLMeta ProxyHTMLStripComments
 SVDLFIMP - ITERATE: ProxyHTMLEvents ProxyHTMLFixups
 SVDLFIMP - ITERATE2: ProxyHTMLLinks
 SVDLFIMP - RAW_ARGS: ProxyHTMLURLMap
 SVDLFIMP - TAKE1: ProxyHTMLBufSize ProxyHTMLCharsetOut
 SVDLFIMP - TAKE12: ProxyHTMLDocType
mod_proxy_scgi.c SVDLFIMP - TAKE1: ProxySCGIInternalRedirect ProxySCGISendfile
mod_proxy_wstunnel.c SVDLFIMP - FLAG: ProxyWebsocketFallbackToProxyHttp
mod_reflector.c SVDLFIMPH o TAKE12: ReflectorHeader
mod_remoteip.c SV - FLAG: RemoteIPProxyProtocol
 SV - ITERATE: RemoteIPInternalProxy RemoteIPTrustedProxy
 SV - TAKE1: RemoteIPHeader RemoteIPInternalProxyList RemoteIPProxiesHeader RemoteIPTrustedProxyList
 SV - TAKE_ARGV: RemoteIPProxyProtocolExceptions
mod_reqtimeout.c SV - RAW_ARGS: RequestReadTimeout
mod_request.c DLFIMP - TAKE1: KeptBodySize
mod_rewrite.c DLFIMPH f TAKE1: RewriteBase
 SV - TAKE23: RewriteMap
 SVDLFIMPH f FLAG: RewriteEngine
 SVDLFIMPH f ITERATE: RewriteOptions
 SVDLFIMPH f RAW_ARGS: RewriteCond RewriteRule
mod_sed.c DLFIMP - TAKE1: InputSed OutputSed
mod_session.c SVDLFIMPH a FLAG: Session SessionEnv
 SVDLFIMPH a TAKE1: SessionExclude SessionExpiryUpdateInterval SessionHeader SessionInclude SessionMaxAge
mod_session_cookie.c SVDLFIMPH a FLAG: SessionCookieRemove
 SVDLFIMPH a RAW_ARGS: SessionCookieName SessionCookieName2
mod_session_crypto.c S - RAW_ARGS: SessionCryptoDriver
 SVDLFIMP - TAKE1: SessionCryptoPassphraseFile
 SVDLFIMPH a ITERATE: SessionCryptoPassphrase
 SVDLFIMPH a TAKE1: SessionCryptoCipher
mod_session_dbd.c SVDLFIMPH a FLAG: SessionDBDCookieRemove SessionDBDPerUser
 SVDLFIMPH a RAW_ARGS: SessionDBDCookieName SessionDBDCookieName2
 SVDLFIMPH a TAKE1: SessionDBDDeleteLabel SessionDBDInsertLabel SessionDBDSelectLabel SessionDBDUpdateLabel
mod_setenvif.c SVDLFIMPH f RAW_ARGS: BrowserMatch BrowserMatchNoCase SetEnvIf SetEnvIfExpr SetEnvIfNoCase
mod_so.c SVDLFIMP - ITERATE read: LoadFile
 SVDLFIMP - TAKE2 read: LoadModule
mod_socache_memcache.c SV - TAKE1: MemcacheConnTTL
mod_socache_redis.c SV - TAKE1: RedisConnPoolTTL RedisTimeout
mod_speling.c SVDLFIMPH o FLAG: CheckBasenameMatch CheckCaseOnly CheckSpelling
mod_ssl.c DLFIMPH a RAW_ARGS: SSLRequire SSLRequireSSL
 DLFIMPH a TAKE1: SSLRenegBufferSize
 S - FLAG: SSLFIPS
 S - TAKE1: SSLCryptoDevice SSLPassPhraseDialog SSLSessionCache SSLStaplingCache SSLVHostSNIPolicy
 S - TAKE23: SSLRandomSeed
 SV - FLAG: SSLCompression SSLHonorCipherOrder SSLInsecureRenegotiation SSLOCSPNoverify SSLOCSPOverrideResponder
 SV - FLAG: SSLOCSPUseRequestNonce SSLSessionTickets SSLStaplingFakeTryLater SSLStaplingReturnResponderErrors
 SV - FLAG: SSLStrictSNIVHostCheck SSLUseStapling
 SV - RAW_ARGS: SSLCARevocationCheck SSLOCSPEnable SSLProtocol
 SV - TAKE1: SSLCADNRequestFile SSLCADNRequestPath SSLCARevocationFile SSLCARevocationPath SSLCertificateChainFile
 SV - TAKE1: SSLCertificateFile SSLCertificateKeyFile SSLEngine SSLOCSPDefaultResponder SSLOCSPProxyURL
 SV - TAKE1: SSLOCSPResponderCertificateFile SSLOCSPResponderTimeout SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew
 SV - TAKE1: SSLSessionCacheTimeout SSLSessionTicketKeyFile SSLSRPUnknownUserSeed SSLSRPVerifierFile
 SV - TAKE1: SSLStaplingErrorCacheTimeout SSLStaplingForceURL SSLStaplingResponderTimeout SSLStaplingResponseMaxAge
 SV - TAKE1: SSLStaplingResponseTimeSkew SSLStaplingStandardCacheTimeout
 SV - TAKE2: SSLOpenSSLConfCmd
 SVDLFIMPH a TAKE1: SSLCACertificateFile SSLCACertificatePath SSLUserName SSLVerifyClient SSLVerifyDepth
 SVDLFIMPH a TAKE12: SSLCipherSuite
 SVDLFIMPH lofai RAW_ARGS: SSLLog SSLLogLevel
 SVDLFIMPH o RAW_ARGS: SSLOptions
 SVP - FLAG: SSLProxyCheckPeerCN SSLProxyCheckPeerExpire SSLProxyCheckPeerName SSLProxyEngine
 SVP - RAW_ARGS: SSLProxyCARevocationCheck SSLProxyProtocol
 SVP - TAKE1: SSLProxyCACertificateFile SSLProxyCACertificatePath SSLProxyCARevocationFile SSLProxyCARevocationPath
 SVP - TAKE1: SSLProxyMachineCertificateChainFile SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath
 SVP - TAKE1: SSLProxyVerify SSLProxyVerifyDepth
 SVP - TAKE12: SSLProxyCipherSuite
mod_substitute.c SVDLFIMPH f FLAG: SubstituteInheritBefore
 SVDLFIMPH f TAKE1: Substitute SubstituteMaxLineLength
mod_suexec.c SV - TAKE2: SuexecUserGroup
mod_unixd.c S - FLAG: Suexec
 S - TAKE1: ChrootDir Group User
mod_userdir.c SV - RAW_ARGS: UserDir
mod_usertrack.c SVDLFIMPH f FLAG: CookieHTTPOnly CookieSecure CookieTracking
 SVDLFIMPH f TAKE1: CookieDomain CookieExpires CookieName CookieSameSite CookieStyle
mod_version.c SVDLFIMPH lofai TAKE123 read: <IfVersion
mod_vhost_alias.c SV - TAKE1: VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias VirtualScriptAliasIP
mod_watchdog.c S - TAKE1: WatchdogInterval
mod_xml2enc.c S - ITERATE2: xml2EncAlias
 SVDLFIMPH lofai ITERATE: xml2StartParse
 SVDLFIMPH lofai TAKE1: xml2EncDefault
prefork.c S - TAKE1: GracefulShutdownTimeout ListenBackLog ListenCoresBucketsRatio ListenTCPDeferAccept MaxClients
 S - TAKE1: MaxRequestWorkers MaxSpareServers MinSpareServers ReceiveBufferSize SendBufferSize ServerLimit
 S - TAKE1: StartServers
 S - TAKE_ARGV: Listen
util_ldap.c DLFIMPH a TAKE1: LDAPReferralHopLimit LDAPReferrals
 DLFIMPH a TAKE23: LDAPTrustedClientCert
 S - FLAG: LDAPVerifyServerCert
 S - TAKE1: LDAPCacheEntries LDAPCacheTTL LDAPConnectionTimeout LDAPLibraryDebug LDAPOpCacheEntries LDAPOpCacheTTL
 S - TAKE1: LDAPRetries LDAPRetryDelay LDAPSharedCacheFile LDAPSharedCacheSize LDAPTimeout
 S - TAKE23: LDAPTrustedGlobalCert
 SV - TAKE1: LDAPConnectionPoolTTL LDAPTrustedMode
worker.c S - TAKE1: GracefulShutdownTimeout ListenBackLog ListenCoresBucketsRatio ListenTCPDeferAccept MaxClients
 S - TAKE1: MaxRequestWorkers MaxSpareThreads MinSpareThreads ReceiveBufferSize SendBufferSize ServerLimit
 S - TAKE1: StartServers ThreadLimit ThreadsPerChild
 S - TAKE_ARGV: Listen
"""
