<?php
echo mb_strlen('hello');
