# Joins its standard streams with a connection to a port. Its first error is the number of that of the connection, or 0.
# $ARGV[0]: the address. $ARGV[1]: the port.
use strict;
use Socket;

# Passes on what is read until its end.
sub pass_on {
    my ($from, $to) = @_;
    while (sysread($from, my $bytes, 65536)) {
        for (my $sent = 0; $sent < length $bytes;) {
            my $more = syswrite($to, $bytes, length($bytes) - $sent, $sent);
            return unless defined $more;
            $sent += $more;
        }
    }
}

$SIG{PIPE} = 'IGNORE';
my $peer;
my $is_made = socket($peer, PF_INET, SOCK_STREAM, 0)
    && connect($peer, pack_sockaddr_in($ARGV[1], inet_aton($ARGV[0])));
print STDERR $is_made ? 0 : $! + 0, "\n";
exit 1 unless $is_made;
my $sender = fork;
if (!$sender) {
    close STDOUT;
    close STDERR;
    pass_on(\*STDIN, $peer);
    shutdown($peer, 1);
    exit;
}
pass_on($peer, \*STDOUT);
kill 'KILL', $sender;
