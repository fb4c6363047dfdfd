"""The directives of httpd 2.2 by module, an example of those that changed, and the rows of docs/from-2.2.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[1] / "docs/from-2.2.md"

#: The directive index of the 2.2 manual, and the pages of its modules, as of 2.2.34. Sections without their brackets.
NAMES = """
core AcceptFilter AcceptPathInfo AccessFileName AddDefaultCharset AddOutputFilterByType AllowEncodedSlashes AllowOverride
    AuthName AuthType CGIMapExtension ContentDigest DefaultType Directory DirectoryMatch DocumentRoot EnableMMAP EnableSendfile
    ErrorDocument ErrorLog FileETag Files FilesMatch ForceType HostnameLookups HttpProtocolOptions IfDefine IfModule Include
    KeepAlive KeepAliveTimeout Limit LimitExcept LimitInternalRecursion LimitRequestBody LimitRequestFields
    LimitRequestFieldSize LimitRequestLine LimitXMLRequestBody Location LocationMatch LogLevel MaxKeepAliveRequests MaxRanges
    MergeTrailers NameVirtualHost Options Require RLimitCPU RLimitMEM RLimitNPROC Satisfy ScriptInterpreterSource ServerAdmin
    ServerAlias ServerName ServerPath ServerRoot ServerSignature ServerTokens SetHandler SetInputFilter SetOutputFilter TimeOut
    TraceEnable UNCList UseCanonicalName UseCanonicalPhysicalPort VirtualHost
mpm_common AcceptMutex BS2000Account ChrootDir CoreDumpDirectory EnableExceptionHook GprofDir GracefulShutdownTimeout Group
    Listen ListenBackLog LockFile MaxClients MaxMemFree MaxRequestsPerChild MaxSpareServers MaxSpareThreads MinSpareServers
    MinSpareThreads PidFile ReceiveBufferSize ScoreBoardFile SendBufferSize ServerLimit StartServers StartThreads ThreadLimit
    ThreadsPerChild ThreadStackSize User MaxThreads MaxRequestsPerThread Win32DisableAcceptEx
mod_actions Action Script
mod_alias Alias AliasMatch Redirect RedirectMatch RedirectPermanent RedirectTemp ScriptAlias ScriptAliasMatch
mod_auth_basic AuthBasicAuthoritative AuthBasicProvider
mod_auth_digest AuthDigestAlgorithm AuthDigestDomain AuthDigestNcCheck AuthDigestNonceFormat AuthDigestNonceLifetime
    AuthDigestProvider AuthDigestQop AuthDigestShmemSize
mod_authn_alias AuthnProviderAlias
mod_authn_anon Anonymous Anonymous_LogEmail Anonymous_MustGiveEmail Anonymous_NoUserID Anonymous_VerifyEmail
mod_authn_dbd AuthDBDUserPWQuery AuthDBDUserRealmQuery
mod_authn_dbm AuthDBMType AuthDBMUserFile
mod_authn_default AuthDefaultAuthoritative
mod_authn_file AuthUserFile
mod_authnz_ldap AuthLDAPBindDN AuthLDAPBindPassword AuthLDAPCharsetConfig AuthLDAPCompareDNOnServer AuthLDAPDereferenceAliases
    AuthLDAPGroupAttribute AuthLDAPGroupAttributeIsDN AuthLDAPRemoteUserAttribute AuthLDAPRemoteUserIsDN AuthLDAPUrl
    AuthzLDAPAuthoritative
mod_authz_dbm AuthDBMGroupFile AuthzDBMAuthoritative AuthzDBMType
mod_authz_default AuthzDefaultAuthoritative
mod_authz_groupfile AuthGroupFile AuthzGroupFileAuthoritative
mod_authz_host Allow Deny Order
mod_authz_owner AuthzOwnerAuthoritative
mod_authz_user AuthzUserAuthoritative
mod_autoindex AddAlt AddAltByEncoding AddAltByType AddDescription AddIcon AddIconByEncoding AddIconByType DefaultIcon
    HeaderName IndexHeadInsert IndexIgnore IndexOptions IndexOrderDefault IndexStyleSheet ReadmeName
mod_cache CacheDefaultExpire CacheDisable CacheEnable CacheIgnoreCacheControl CacheIgnoreHeaders CacheIgnoreNoLastMod
    CacheIgnoreQueryString CacheIgnoreURLSessionIdentifiers CacheLastModifiedFactor CacheLock CacheLockMaxAge CacheLockPath
    CacheMaxExpire CacheStoreNoStore CacheStorePrivate
mod_cern_meta MetaDir MetaFiles MetaSuffix
mod_cgi ScriptLog ScriptLogBuffer ScriptLogLength
mod_cgid ScriptSock
mod_charset_lite CharsetDefault CharsetOptions CharsetSourceEnc
mod_dav Dav DavDepthInfinity DavMinTimeout
mod_dav_fs DavLockDB
mod_dav_lock DavGenericLockDB
mod_dbd DBDExptime DBDKeep DBDMax DBDMin DBDParams DBDPersist DBDPrepareSQL DBDriver
mod_deflate DeflateBufferSize DeflateCompressionLevel DeflateFilterNote DeflateMemLevel DeflateWindowSize
mod_dir DirectoryIndex DirectorySlash FallbackResource
mod_disk_cache CacheDirLength CacheDirLevels CacheMaxFileSize CacheMinFileSize CacheRoot
mod_dumpio DumpIOInput DumpIOLogLevel DumpIOOutput
mod_echo ProtocolEcho
mod_env PassEnv SetEnv UnsetEnv
mod_example Example
mod_expires ExpiresActive ExpiresByType ExpiresDefault
mod_ext_filter ExtFilterDefine ExtFilterOptions
mod_file_cache CacheFile MMapFile
mod_filter FilterChain FilterDeclare FilterProtocol FilterProvider FilterTrace
mod_headers Header RequestHeader
mod_ident IdentityCheck IdentityCheckTimeout
mod_imagemap ImapBase ImapDefault ImapMenu
mod_include SSIEnableAccess SSIEndTag SSIErrorMsg SSIStartTag SSITimeFormat SSIUndefinedEcho XBitHack
mod_info AddModuleInfo
mod_isapi ISAPIAppendLogToErrors ISAPIAppendLogToQuery ISAPICacheFile ISAPIFakeAsync ISAPILogNotSupported
    ISAPIReadAheadBuffer
mod_ldap LDAPCacheEntries LDAPCacheTTL LDAPConnectionTimeout LDAPOpCacheEntries LDAPOpCacheTTL LDAPSharedCacheFile
    LDAPSharedCacheSize LDAPTrustedClientCert LDAPTrustedGlobalCert LDAPTrustedMode LDAPVerifyServerCert
mod_log_config BufferedLogs CookieLog CustomLog LogFormat TransferLog
mod_log_forensic ForensicLog
mod_mem_cache MCacheMaxObjectCount MCacheMaxObjectSize MCacheMaxStreamingBuffer MCacheMinObjectSize MCacheRemovalAlgorithm
    MCacheSize
mod_mime AddCharset AddEncoding AddHandler AddInputFilter AddLanguage AddOutputFilter AddType DefaultLanguage
    ModMimeUsePathInfo MultiviewsMatch RemoveCharset RemoveEncoding RemoveHandler RemoveInputFilter RemoveLanguage
    RemoveOutputFilter RemoveType TypesConfig
mod_mime_magic MimeMagicFile
mod_negotiation CacheNegotiatedDocs ForceLanguagePriority LanguagePriority
mod_nw_ssl NWSSLTrustedCerts NWSSLUpgradeable SecureListen
mod_proxy AllowCONNECT BalancerMember NoProxy Proxy ProxyBadHeader ProxyBlock ProxyDomain ProxyErrorOverride
    ProxyFtpDirCharset ProxyIOBufferSize ProxyMatch ProxyMaxForwards ProxyPass ProxyPassInterpolateEnv ProxyPassMatch
    ProxyPassReverse ProxyPassReverseCookieDomain ProxyPassReverseCookiePath ProxyPreserveHost ProxyReceiveBufferSize
    ProxyRemote ProxyRemoteMatch ProxyRequests ProxySet ProxyStatus ProxyTimeout ProxyVia
mod_proxy_scgi ProxySCGIInternalRedirect ProxySCGISendfile
mod_reqtimeout RequestReadTimeout
mod_rewrite RewriteBase RewriteCond RewriteEngine RewriteLock RewriteLog RewriteLogLevel RewriteMap RewriteOptions RewriteRule
mod_setenvif BrowserMatch BrowserMatchNoCase SetEnvIf SetEnvIfNoCase
mod_so LoadFile LoadModule
mod_speling CheckCaseOnly CheckSpelling
mod_ssl SSLCACertificateFile SSLCACertificatePath SSLCADNRequestFile SSLCADNRequestPath SSLCARevocationFile
    SSLCARevocationPath SSLCertificateChainFile SSLCertificateFile SSLCertificateKeyFile SSLCipherSuite SSLCompression
    SSLCryptoDevice SSLEngine SSLFIPS SSLHonorCipherOrder SSLInsecureRenegotiation SSLMutex SSLOptions SSLPassPhraseDialog
    SSLProtocol SSLProxyCACertificateFile SSLProxyCACertificatePath SSLProxyCARevocationFile SSLProxyCARevocationPath
    SSLProxyCheckPeerCN SSLProxyCheckPeerExpire SSLProxyCipherSuite SSLProxyEngine SSLProxyMachineCertificateChainFile
    SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath SSLProxyProtocol SSLProxyVerify SSLProxyVerifyDepth
    SSLRandomSeed SSLRenegBufferSize SSLRequire SSLRequireSSL SSLSessionCache SSLSessionCacheTimeout SSLSessionTickets
    SSLStrictSNIVHostCheck SSLUserName SSLVerifyClient SSLVerifyDepth
mod_status ExtendedStatus SeeRequestTail
mod_substitute Substitute
mod_suexec SuexecUserGroup
mod_userdir UserDir
mod_usertrack CookieDomain CookieExpires CookieName CookieStyle CookieTracking
mod_version IfVersion
mod_vhost_alias VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias VirtualScriptAliasIP
"""


def names() -> list[str]:
    """Every directive of 2.2."""
    return [name for name in NAMES.split() if not re.fullmatch(r"core|mpm_common|mod_\w+", name)]


class Row(NamedTuple):
    """One row of the tables: its directives, what is done, the rule, the level of its fix, and why nothing is done."""

    names: tuple[str, ...]
    done: str
    rule: str
    level: str
    reason: str


_ROW = re.compile(
    r"\| ((?:`\w+` ?)+) \| [^|]+ \| "
    r"(?:(mended): ([a-z0-9-]+) \((safe|repair|unsafe)\)|(reported): ([a-z0-9-]+)|(nothing): ([^|]+)) \|\Z"
)


def rows() -> list[Row]:
    """The rows of the page; a row that is in no such form is an error."""
    found = []
    for line in PAGE.read_text("utf-8").splitlines():
        if not line.startswith("| `"):
            continue
        match = _ROW.match(line)
        assert match is not None, line
        done = match[2] or match[5] or match[7]
        found.append(
            Row(
                tuple(match[1].replace("`", "").split()),
                done,
                match[3] or match[6] or "",
                match[4] or "",
                match[8] or "",
            )
        )
    return found
